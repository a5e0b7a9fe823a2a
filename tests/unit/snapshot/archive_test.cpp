#include "unit/snapshot/archive_writer.hpp"
#include "unit/snapshot/compressed.hpp"
#include "unit/snapshot/snapshot_files.hpp"

#include <gmock/gmock.h>

namespace rehearse::snapshot {
namespace {

using test::ArchiveWriter;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kRows =
    "1\tfirst\n2\tsecond\n3\tthird, somewhat longer than the others\n\\.\n\n\n";

ArchiveWriter small_shop() {
    ArchiveWriter archive;
    archive.add("DATABASE", "shop").definition = "CREATE DATABASE shop;\n";
    archive.add("EXTENSION", "pg_trgm").owner = "";
    archive.add("TABLE", "users").schema = "public";
    archive.add_table_data("users", kRows);
    archive.add_table_data("audit_log", kRows + kRows);
    auto& acl = archive.add("ACL", "TABLE users");
    acl.definition = "GRANT SELECT ON TABLE public.users TO reporting;\n";
    acl.section = 1;
    return archive;
}

class Archives : public test::SnapshotFiles {};

TEST_F(Archives, HeaderAndEntriesOfEveryFormatVersion) {
    for (int minor = 12; minor <= 16; ++minor) {
        ArchiveWriter writer = small_shop();
        writer.minor = minor;
        const auto snapshot = read(write("shop.dump", writer.custom()));
        ASSERT_TRUE(snapshot.archive) << minor;
        EXPECT_EQ(snapshot.format, Format::custom);
        EXPECT_EQ(snapshot.archive->version_minor, minor);
        EXPECT_TRUE(snapshot.archive->compressed);
        EXPECT_EQ(snapshot.database, "shop");
        EXPECT_EQ(snapshot.server_version.number, 150020);
        EXPECT_EQ(snapshot.archive->dump_version_text, "15.20");
        EXPECT_EQ(snapshot.taken_at_source, "dump");
        EXPECT_THAT(snapshot.extensions, ElementsAre("pg_trgm"));
        EXPECT_THAT(snapshot.roles, ElementsAre("app", "reporting"));
        ASSERT_EQ(snapshot.archive->entries.size(), writer.entries.size()) << minor;
        const TocEntry& rows = snapshot.archive->entries[3];
        EXPECT_EQ(rows.dump_id, 4);
        EXPECT_EQ(rows.desc, "TABLE DATA");
        EXPECT_EQ(rows.tag, "users");
        EXPECT_EQ(rows.schema, "public");
        EXPECT_EQ(rows.owner, "app");
        EXPECT_EQ(rows.section, 3);
        EXPECT_TRUE(rows.has_data);
        EXPECT_FALSE(snapshot.archive->entries[2].has_data);
        EXPECT_EQ(snapshot.archive->entries[5].definition,
                  "GRANT SELECT ON TABLE public.users TO reporting;\n");
    }
}

TEST_F(Archives, CreationTimeIsTheDumpsOwn) {
    const auto snapshot = read(write("shop.dump", small_shop().custom()));
    std::tm expected = small_shop().taken_at;
    EXPECT_EQ(snapshot.taken_at, WallClock::from_time_t(std::mktime(&expected)));
    EXPECT_DOUBLE_EQ(snapshot.age_days(snapshot.taken_at + std::chrono::hours(36)), 1.5);
}

TEST_F(Archives, CreationTimeThatCannotBeIsNotUsed) {
    ArchiveWriter writer = small_shop();
    for (const int year : {-2000, 1000, 0x7FFFFFFF}) {
        writer.taken_at.tm_year = year;
        const auto snapshot = read(write("shop-2026-11-20.dump", writer.custom()));
        EXPECT_EQ(snapshot.taken_at_source, "name") << year;
    }
}

TEST_F(Archives, NoCompressionIsSeen) {
    ArchiveWriter writer = small_shop();
    writer.compression = 0;
    EXPECT_FALSE(read(write("old.dump", writer.custom())).archive->compressed);
    writer.minor = 16;
    EXPECT_FALSE(read(write("new.dump", writer.custom())).archive->compressed);
}

TEST_F(Archives, DataBytesAreTheSameWithAndWithoutOffsets) {
    ArchiveWriter writer = small_shop();
    const auto with = read(write("seekable.dump", writer.custom()));
    writer.offsets_set = false;
    const auto without = read(write("piped.dump", writer.custom()));
    for (const std::size_t i : {3U, 4U}) {
        const auto bytes = with.archive->entries[i].data_bytes;
        EXPECT_EQ(bytes, without.archive->entries[i].data_bytes);
        EXPECT_GT(bytes, kRows.size());
    }
    EXPECT_GT(with.archive->entries[4].data_bytes, with.archive->entries[3].data_bytes);
}

TEST_F(Archives, LargeObjectsAreWalkedOver) {
    ArchiveWriter writer = small_shop();
    auto& blobs = writer.add_table_data("BLOBS", std::string(300, 'x'));
    blobs.desc = "BLOBS";
    for (const bool offsets : {true, false}) {
        writer.offsets_set = offsets;
        const auto snapshot = read(write("blobs.dump", writer.custom()));
        EXPECT_GT(snapshot.archive->entries.back().data_bytes, 300U);
    }
}

TEST_F(Archives, LargerIntegersAndOffsets) {
    ArchiveWriter writer = small_shop();
    writer.integer_size = 8;
    writer.offset_size = 16;
    EXPECT_EQ(read(write("wide.dump", writer.custom())).archive->entries.size(), 6U);
}

// A file that lost its end is never taken, wherever it was cut.
TEST_F(Archives, CutAnywhereIsRefused) {
    for (const bool offsets : {true, false}) {
        ArchiveWriter writer = small_shop();
        writer.offsets_set = offsets;
        const std::string whole = writer.custom();
        for (std::size_t length = 0; length < whole.size(); length += length < 200 ? 1 : 7) {
            const std::string why = refusal(write("cut.dump", whole.substr(0, length)));
            if (length >= 5) {
                EXPECT_THAT(why, StartsWith("cut off")) << length << " of " << whole.size();
            } else {
                EXPECT_NE(why, "") << length;
            }
        }
        EXPECT_THAT(refusal(write("cut.dump", whole.substr(0, whole.size() - 1))),
                    StartsWith("cut off"));
        EXPECT_EQ(refusal(write("cut.dump", whole)), "");
    }
}

TEST_F(Archives, CutOffNamesWhereItEnds) {
    const std::string whole = small_shop().custom();
    EXPECT_EQ(refusal(write("a.dump", whole.substr(0, 30))), "cut off inside its header");
    EXPECT_EQ(refusal(write("b.dump", whole.substr(0, 150))),
              "cut off inside its table of contents");
    EXPECT_EQ(refusal(write("c.dump", whole.substr(0, whole.size() - 1))),
              "cut off inside the data of public.audit_log");
    const std::size_t last_block = small_shop().block(small_shop().entries[4]).size();
    EXPECT_EQ(refusal(write("d.dump", whole.substr(0, whole.size() - last_block))),
              "cut off: the data of public.audit_log lies behind its end");
}

TEST_F(Archives, StoppedWhileWritingLacksTables) {
    ArchiveWriter writer = small_shop();
    writer.offsets_set = false;  // they are written when all the data is there
    const std::string whole = writer.custom();
    const std::size_t last_block = writer.block(writer.entries[4]).size();
    EXPECT_EQ(refusal(write("stopped.dump", whole.substr(0, whole.size() - last_block))),
              "cut off: the data of public.audit_log is missing");
}

TEST_F(Archives, ZerosInsteadOfDataAreRefused) {
    std::string whole = small_shop().custom();
    const std::size_t data = whole.find(kRows.substr(0, 20)) - 11;
    std::fill(whole.begin() + static_cast<std::ptrdiff_t>(data), whole.end(), '\0');
    EXPECT_THAT(refusal(write("reserved.dump", whole)), StartsWith("damaged"));
}

TEST_F(Archives, BytesBehindTheEndAreRefused) {
    EXPECT_EQ(refusal(write("long.dump", small_shop().custom() + "more")),
              "damaged: 4 bytes follow its last data block");
}

TEST_F(Archives, NewerFormatNamesItsWriter) {
    ArchiveWriter writer = small_shop();
    writer.minor = 17;
    writer.dump_version = "19.1";
    EXPECT_EQ(refusal(write("new.dump", writer.custom())),
              "written by pg_dump 19.1 in archive format 1.17; this rehearse reads up to 1.16 "
              "(PostgreSQL 18)");
    EXPECT_FALSE(hints_.empty());
}

TEST_F(Archives, NewerFormatIsToldEvenWhenItsHeaderMakesNoSense) {
    std::string bytes = small_shop().custom();
    bytes[5] = 2;
    EXPECT_THAT(refusal(write("new.dump", bytes)), HasSubstr("in archive format 2.14"));
    EXPECT_THAT(refusal(write("newer.dump", bytes.substr(0, 12))), HasSubstr("a newer pg_dump"));
}

TEST_F(Archives, OlderFormatIsRefused) {
    ArchiveWriter writer = small_shop();
    writer.minor = 11;
    EXPECT_EQ(refusal(write("old.dump", writer.custom())),
              "archive format 1.11 is older than PostgreSQL 9.0");
}

// Lengths and counts in the file are not believed.
TEST_F(Archives, HostileLengths) {
    const ArchiveWriter writer = small_shop();
    const std::string whole = writer.custom();
    const std::string name = writer.text("shop");
    const std::size_t at = whole.find(name);
    std::string huge_text = whole;
    huge_text.replace(at, 5, writer.integer(0x7FFFFFFF));
    EXPECT_THAT(refusal(write("text.dump", huge_text)), StartsWith("cut off"));

    const std::size_t count_at =
        whole.find(writer.text("15.20"), whole.find("Debian")) + writer.text("15.20").size();
    std::string huge_count = whole;
    huge_count.replace(count_at, 5, writer.integer(0x7FFFFFFF));
    EXPECT_NE(refusal(write("count.dump", huge_count)), "");
    std::string negative_count = whole;
    negative_count.replace(count_at, 5, writer.integer(-1));
    EXPECT_THAT(refusal(write("negative.dump", negative_count)), StartsWith("damaged"));

    std::string wide = whole;
    wide[8] = 33;
    EXPECT_THAT(refusal(write("wide.dump", wide)), StartsWith("damaged"));
}

TEST_F(Archives, DirectoryWithItsFiles) {
    const ArchiveWriter writer = small_shop();
    const auto folder = place_.path() / "shop.dir";
    writer.write_directory(folder);
    const auto snapshot = read(folder);
    EXPECT_EQ(snapshot.format, Format::directory);
    EXPECT_EQ(snapshot.name, "shop.dir");
    EXPECT_EQ(snapshot.archive->entries[3].data_bytes, kRows.size());
    EXPECT_EQ(snapshot.size_bytes, writer.toc().size() + 3 * kRows.size());
    EXPECT_EQ(read(folder / "").name, "shop.dir");
}

TEST_F(Archives, DirectoryWithoutAFile) {
    const auto folder = place_.path() / "shop.dir";
    small_shop().write_directory(folder);
    std::filesystem::remove(folder / "5.dat");
    EXPECT_EQ(refusal(folder), "cut off: the data of public.audit_log (5.dat) is missing");
}

TEST_F(Archives, DirectoryWithACutFile) {
    const auto folder = place_.path() / "shop.dir";
    for (const std::size_t kept : {0U, 1U, 20U, 75U}) {
        small_shop().write_directory(folder);
        std::filesystem::resize_file(folder / "4.dat", kept);
        EXPECT_EQ(refusal(folder), "cut off inside the data of public.users (4.dat)") << kept;
    }
}

TEST_F(Archives, DirectoryWithACutTableOfContents) {
    const auto folder = place_.path() / "shop.dir";
    small_shop().write_directory(folder);
    std::filesystem::resize_file(folder / "toc.dat", 200);
    EXPECT_EQ(refusal(folder), "cut off inside its table of contents");
}

// The three compressions of pg_dump: what a stopped pg_dump leaves is seen without decompressing
// lz4 and zstd.
TEST_F(Archives, DirectoryWithCompressedFiles) {
    const auto folder = place_.path() / "shop.dir";
    const std::vector<std::pair<std::string, std::string>> files{
        {"4.dat.gz", test::gzipped(kRows)},
        {"4.dat.lz4", test::lz4_stored(kRows, 30)},
        {"4.dat.zst", test::zstd_compressed(kRows) + test::zstd_compressed("more")}};
    for (const auto& [name, bytes] : files) {
        std::filesystem::remove_all(folder);
        small_shop().write_directory(folder);
        std::filesystem::remove(folder / "4.dat");
        std::ofstream(folder / name, std::ios::binary) << bytes;
        EXPECT_EQ(read(folder).archive->entries[3].data_bytes, bytes.size());
        for (std::size_t kept = bytes.size(); kept-- > 0;) {
            std::filesystem::resize_file(folder / name, kept);
            const bool ends_between_frames =
                name.ends_with("zst") && kept == test::zstd_compressed(kRows).size();
            EXPECT_EQ(
                refusal(folder),
                ends_between_frames ? "" : "cut off inside the data of public.users (" + name + ")")
                << kept;
        }
    }
}

TEST_F(Archives, InsertStatementsEndInTwoLineFeeds) {
    ArchiveWriter writer = small_shop();
    writer.entries[3].is_insert = true;
    writer.entries[3].data = "INSERT INTO public.users VALUES (1);\n\n\n";
    const auto folder = place_.path() / "shop.dir";
    writer.write_directory(folder);
    EXPECT_EQ(refusal(folder), "");
    std::filesystem::resize_file(folder / "4.dat", 30);
    EXPECT_EQ(refusal(folder), "cut off inside the data of public.users (4.dat)");
}

TEST_F(Archives, DataFileNamesDoNotLeaveTheFolder) {
    const auto folder = place_.path() / "shop.dir";
    small_shop().write_directory(folder);
    write("outside", kRows);
    std::string toc = small_shop().toc();
    const std::string name = small_shop().text("4.dat");
    toc.replace(toc.find(name), name.size(), small_shop().text("../outside"));
    std::ofstream(folder / "toc.dat", std::ios::binary) << toc;
    EXPECT_EQ(refusal(folder), "cut off: the data of public.users (../outside) is missing");
}

TEST_F(Archives, TarWithItsMembers) {
    const auto snapshot = read(write("shop.tar", small_shop().tar()));
    EXPECT_EQ(snapshot.format, Format::tar);
    EXPECT_EQ(snapshot.archive->entries[3].data_bytes, kRows.size());
    EXPECT_EQ(snapshot.archive->entries[4].data_bytes, 2 * kRows.size());
}

TEST_F(Archives, TarCutAnywhereIsRefused) {
    const std::string whole = small_shop().tar();
    for (std::size_t length = 512; length < whole.size(); length += 64) {
        EXPECT_THAT(refusal(write("cut.tar", whole.substr(0, length))), StartsWith("cut off"))
            << length << " of " << whole.size();
    }
}

TEST_F(Archives, TarOfSomethingElse) {
    std::string tar = small_shop().tar();
    tar[0] = 'T';  // Toc.dat; the checksum follows
    tar[152] = static_cast<char>(tar[152] - 4);
    EXPECT_THAT(refusal(write("other.tar", tar)), HasSubstr("first member is not the toc.dat"));
}

TEST_F(Archives, BundleIsReadByItsDump) {
    const auto bundle = place_.path() / "2026-11-22";
    std::filesystem::create_directories(bundle);
    std::ofstream(bundle / "manifest.json") << "{}";
    small_shop().write_directory(bundle / "dump");
    const auto snapshot = read(bundle);
    EXPECT_EQ(snapshot.name, "2026-11-22");
    EXPECT_EQ(snapshot.path, bundle / "dump");
    EXPECT_EQ(snapshot.format, Format::directory);
}

}  // namespace
}  // namespace rehearse::snapshot
