#include "snapshot/dates.hpp"
#include "support/as_user.hpp"
#include "unit/snapshot/archive_writer.hpp"
#include "unit/snapshot/snapshot_files.hpp"

#include <gmock/gmock.h>

namespace rehearse::snapshot {
namespace {

using test::ArchiveWriter;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kRows = "1\tone\n\\.\n\n\n";

std::string dump_of_day(int day) {
    ArchiveWriter writer;
    writer.taken_at.tm_mday = day;
    writer.add_table_data("users", kRows);
    return writer.custom();
}

const std::string kPlain =
    "--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n\n--\n-- PostgreSQL database dump "
    "complete\n--\n";

class FindSnapshot : public test::SnapshotFiles {
  protected:
    Choice find(const std::string& wanted) {
        return find_snapshot(wanted, place_.path(), progress_);
    }

    std::string name_of(const std::string& wanted) { return find(wanted).snapshot.name; }

    Error failure(const std::string& wanted) {
        try {
            find(wanted);
        } catch (const Error& error) {
            return error;
        }
        return Error(ErrorKind::internal, "found");
    }
};

TEST_F(FindSnapshot, LatestByTheDumpsOwnTime) {
    // The file that was copied last is not the dump that was taken last.
    age(write("monday.dump", dump_of_day(16)), 10);
    age(write("sunday.dump", dump_of_day(22)), 500);
    age(write("friday.dump", dump_of_day(20)), 5);
    EXPECT_EQ(name_of("latest"), "sunday.dump");
    EXPECT_EQ(name_of("latest~1"), "friday.dump");
    EXPECT_EQ(name_of("latest~2"), "monday.dump");
    EXPECT_EQ(name_of("monday.dump"), "monday.dump");
    EXPECT_EQ(name_of((place_.path() / "friday.dump").string()), "friday.dump");
    EXPECT_THAT(find("latest").skipped, IsEmpty());
}

TEST_F(FindSnapshot, PlainDumpsByTheDateInTheirName) {
    age(write("shop-2026-11-20.sql", kPlain), 1);
    age(write("shop-2026-11-22.sql", kPlain), 900);
    age(write("shop-20261121T0300.sql", kPlain), 2);
    EXPECT_EQ(name_of("latest"), "shop-2026-11-22.sql");
    EXPECT_EQ(find("latest").snapshot.taken_at_source, "name");
    EXPECT_EQ(name_of("latest~1"), "shop-20261121T0300.sql");
}

TEST_F(FindSnapshot, PlainDumpsByTheTimeOfTheFile) {
    age(write("b.sql", kPlain), 60);
    age(write("a.sql", kPlain), 30);
    EXPECT_EQ(name_of("latest"), "a.sql");
    EXPECT_EQ(find("latest").snapshot.taken_at_source, "file");
}

TEST_F(FindSnapshot, VerboseDumpsSayWhenTheyStarted) {
    std::string text = kPlain;
    text.insert(text.find("SELECT"), "-- Started on 2026-11-22 03:04:05 UTC\n\n");
    const auto snapshot = read(write("a.sql", text));
    EXPECT_EQ(snapshot.taken_at_source, "dump");
    EXPECT_EQ(to_iso8601(snapshot.taken_at), "2026-11-22T03:04:05Z");
}

TEST_F(FindSnapshot, PassesOverWhatIsNotComplete) {
    write("good.dump", dump_of_day(18));
    age(write("cut.dump", dump_of_day(20).substr(0, dump_of_day(20).size() - 3)), 600);
    write("now.dump", dump_of_day(21).substr(0, dump_of_day(21).size() - 3));
    write("upload.dump.part", dump_of_day(22));
    write("empty.dump", "");
    write("README.md", "not a dump");
    write(".hidden.dump.Xy12", dump_of_day(22));
    const Choice choice = find("latest");
    EXPECT_EQ(choice.snapshot.name, "good.dump");
    std::vector<std::string> lines;
    for (const auto& one : choice.skipped) lines.push_back(one.name + ": " + one.why);
    EXPECT_THAT(lines,
                testing::UnorderedElementsAre(
                    "cut.dump: cut off inside the data of public.users",
                    "now.dump: still being written (cut off inside the data of public.users)",
                    "upload.dump.part: still being written (.part in its name)",
                    "empty.dump: still being written (empty)"));
}

// Somebody else's bundle, a manifest that may not be read, a folder inside one.
TEST_F(FindSnapshot, PassesOverWhatMayNotBeRead) {
    fs::permissions(place_.path(), fs::perms::all);
    fs::permissions(write("sunday.dump", dump_of_day(22)), fs::perms::all);
    for (const char* name : {"theirs", "sealed", "half"}) {
        fs::create_directories(place_.path() / name / "dump/deep");
        fs::permissions(place_.path() / name, fs::perms::all);
        write(std::string(name) + "/manifest.json", "{}");
    }
    fs::permissions(place_.path() / "theirs", fs::perms::owner_all);
    fs::permissions(place_.path() / "sealed/manifest.json", fs::perms::none);
    fs::permissions(place_.path() / "half/dump", fs::perms::none);
    {
        const test::AsUser user;
        const auto list = list_snapshots(place_.path(), progress_);
        ASSERT_EQ(list.complete.size(), 1U);
        EXPECT_EQ(list.complete[0].name, "sunday.dump");
        std::vector<std::string> skipped;
        for (const auto& one : list.skipped) skipped.push_back(one.name + ": " + one.why);
        EXPECT_THAT(skipped, testing::UnorderedElementsAre(
                                 "theirs: unreadable: Permission denied",
                                 testing::StartsWith("sealed: unreadable: cannot read "),
                                 "half: unreadable: Permission denied"));
    }
    fs::permissions(place_.path() / "half/dump", fs::perms::owner_all);
}

TEST_F(FindSnapshot, OlderOnesAreNotMentioned) {
    write("good.dump", dump_of_day(22));
    age(write("cut.dump", dump_of_day(20).substr(0, 120)), 600);
    EXPECT_THAT(find("latest").skipped, IsEmpty());
}

TEST_F(FindSnapshot, DirectoriesAndBundlesCount) {
    ArchiveWriter writer;
    writer.add_table_data("users", kRows);
    writer.write_directory(place_.path() / "nightly.dir");
    writer.taken_at.tm_mday = 23;
    writer.write_directory(place_.path() / "bundle" / "dump");
    EXPECT_EQ(name_of("latest"), "bundle");
    EXPECT_EQ(name_of("latest~1"), "nightly.dir");
}

TEST_F(FindSnapshot, ThePlaceMayBeTheDump) {
    const auto path = write("only.dump", dump_of_day(22));
    EXPECT_EQ(find_snapshot("latest", path, progress_).snapshot.name, "only.dump");
}

TEST_F(FindSnapshot, NothingThere) {
    write("README.md", "not a dump");
    const Error error = failure("latest");
    EXPECT_EQ(error.kind(), ErrorKind::snapshot);
    EXPECT_EQ(error.message(), "no complete snapshot in " + place_.path().string());
    EXPECT_THAT(error.hints(), Contains(HasSubstr("Found no dump")));
}

TEST_F(FindSnapshot, OnlyHalfWrittenOnes) {
    age(write("cut.dump", dump_of_day(20).substr(0, 120)), 600);
    const Error error = failure("latest");
    EXPECT_EQ(error.message(), "no complete snapshot in " + place_.path().string());
    EXPECT_THAT(error.hints(), Contains(HasSubstr("cut.dump: cut off")));
}

TEST_F(FindSnapshot, NotSoMany) {
    write("good.dump", dump_of_day(22));
    EXPECT_EQ(failure("latest~1").message(),
              "no latest~1 in " + place_.path().string() + ": only 1 complete snapshot");
    EXPECT_EQ(failure("latest~x").kind(), ErrorKind::usage);
}

TEST_F(FindSnapshot, NameThatIsNotThere) {
    write("shop-monday.dump", dump_of_day(22));
    const Error error = failure("shop-mondya.dump");
    EXPECT_EQ(error.kind(), ErrorKind::snapshot);
    EXPECT_THAT(error.message(), HasSubstr("no snapshot 'shop-mondya.dump'"));
    EXPECT_THAT(error.hints(), Contains("Did you mean shop-monday.dump?"));
}

TEST_F(FindSnapshot, PlaceThatIsNotThere) {
    try {
        find_snapshot("latest", place_.path() / "nowhere", progress_);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::snapshot);
        EXPECT_THAT(error.message(), HasSubstr("nowhere"));
    }
}

TEST(Dates, InNames) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"shop-2026-11-22 UTC.dump", "2026-11-22T00:00:00Z"},
        {"shop_2026-11-22_03-15-59Z.dump", "2026-11-22T03:15:59Z"},
        {"20261122T0315Z.sql.gz", "2026-11-22T03:15:00Z"},
        {"20261122031559Z", "2026-11-22T03:15:59Z"},
        {"2026-11-22 03:15:00 UTC", "2026-11-22T03:15:00Z"},
        {"shop.2026.11.22Z", "2026-11-22T00:00:00Z"},
        {"v2026-02-31Z", ""},
        {"shop-2026-13-01", ""},
        {"120261122Z", ""},
        {"shop.dump", ""},
        {"build-12345678", ""}};
    for (const auto& [text, expected] : cases) {
        const auto date = date_in(text);
        EXPECT_EQ(date ? to_iso8601(*date) : "", expected) << text;
    }
}

}  // namespace
}  // namespace rehearse::snapshot
