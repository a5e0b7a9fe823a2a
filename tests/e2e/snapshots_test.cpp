#include "e2e/rehearse_test.hpp"

#include <fstream>

namespace rehearse::test {

namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class Snapshots : public RehearseTest {
  protected:
    // A custom dump whose header says that it was made in this year (struct tm: tm_year is the
    // sixth of seven numbers of one sign byte and four bytes each, behind 11 bytes;
    // pg_backup_archiver.c, ReadHead).
    fs::path dated(const std::string& name, int year) const {
        const fs::path copy = snapshot("shop.dump", name);
        std::fstream file(copy, std::ios::in | std::ios::out | std::ios::binary);
        constexpr int kBeforeDate = 11 + 5;  // magic, version, sizes, format; compression
        constexpr int kNumber = 5;
        file.seekp(kBeforeDate + 5 * kNumber + 1);
        file.put(static_cast<char>(year - 1900));
        return copy;
    }
};

class EveryFormat : public Snapshots, public ::testing::WithParamInterface<const char*> {};

}  // namespace

TEST_P(EveryFormat, IsRestored) {
    // Tells rows, views, grants and the extension's type apart from an empty database.
    migration(
        "1.sql",
        "DO $$ BEGIN\n"
        "  ASSERT (SELECT count(*) FROM users) = 1000;\n"
        "  ASSERT (SELECT count(*) FROM unpaid) = 714;\n"
        "  ASSERT (SELECT count(*) FROM users WHERE email = 'SECRET.person7@example.com') = 1;\n"
        "  ASSERT has_table_privilege('shop reader', 'users', 'SELECT');\n"
        "END $$;\n");
    const auto& run = rehearse_on(snapshot(GetParam()), {"--tool", "plain", "--format", "json"});
    EXPECT_EQ(run.exit_code, 0) << run.out;
}

INSTANTIATE_TEST_SUITE_P(Dump, EveryFormat,
                         ::testing::Values("shop.dir", "shop.tar", "shop.sql", "shop.sql.gz",
                                           "shop.sql.zst"),
                         [](const auto& row) {
                             std::string name = row.param;
                             std::replace(name.begin(), name.end(), '.', '_');
                             return name;
                         });

TEST_F(Snapshots, ListTellsAgesAndWhatWasPassedOver) {
    snapshot("shop.dump", "today.dump");
    dated("older.dump", 2021);
    fs::resize_file(snapshot("shop.dump", "cut.dump"), 9000);
    sandbox_.write("snapshots/notes.txt", "not a dump\n");
    const auto& run = run_rehearse({"snapshot", "list", "--snapshots", "snapshots"});
    EXPECT_EQ(run.exit_code, 0);
    expect_stderr_only(run, {"warning: cut.dump was passed over"});
    EXPECT_THAT(run.out, HasSubstr("today.dump"));
    EXPECT_THAT(run.out, HasSubstr("older.dump  2021-"));
    EXPECT_LT(run.out.find("today.dump"), run.out.find("older.dump"));
    EXPECT_THAT(run.out, Not(HasSubstr("cut.dump")));
}

TEST_F(Snapshots, AreChosenByAgeNameAndPath) {
    dated("week-1.dump", 2020);
    dated("week-2.dump", 2021);
    const fs::path elsewhere = sandbox_.work() / "elsewhere.dump";
    fs::copy(snapshot("shop.dump", "week-3.dump"), elsewhere);
    const std::vector<std::pair<std::string, std::string>> rows{{"latest", "week-3.dump  "},
                                                                {"latest~1", "week-2.dump  2021"},
                                                                {"latest~2", "week-1.dump  2020"},
                                                                {"week-1.dump", "week-1.dump  "},
                                                                {elsewhere, "elsewhere.dump  "}};
    for (const auto& [wanted, named] : rows) {
        const auto& run = run_rehearse({"snapshot", "verify", wanted, "--snapshots", "snapshots"});
        EXPECT_EQ(run.exit_code, 0);
        EXPECT_THAT(run.out, ::testing::StartsWith(named)) << wanted;
        EXPECT_THAT(run.out, ::testing::ContainsRegex("sha256 [0-9a-f]+\n"));
    }
}

TEST_F(Snapshots, LatestPassesOverTheHalfWrittenOneAndTellsOfItsAge) {
    migration("1.sql", "SELECT 1;\n");
    dated("week-1.dump", 2020);
    dated("week-2.dump", 2021);
    fs::resize_file(snapshot("shop.dump", "week-3.dump"), 9000);
    const auto& run =
        run_rehearse(Args{"--snapshot", "latest", "--format", "json"} + engine_under_test());
    EXPECT_EQ(run.exit_code, 0);
    expect_stderr_only(
        run, {"warning: snapshot week-3.dump was passed over: still being written (cut off",
              "warning: snapshot week-2.dump is "});
    const auto report = json::parse(run.out);
    EXPECT_EQ(report["snapshot"]["name"], "week-2.dump");
    EXPECT_GT(report["snapshot"]["age_days"], 365);
    EXPECT_THAT(report["warnings"].dump(), HasSubstr("week-3.dump was passed over"));
}

}  // namespace rehearse::test
