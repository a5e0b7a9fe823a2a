#include "e2e/bad_input.hpp"

#include <fstream>

namespace rehearse::test {

namespace {

// The archive's own version stands in three bytes behind "PGDMP" (pg_backup_archiver.c, ReadHead).
fs::path of_format_1_99(const BadInputTest& test) {
    const fs::path path = test.snapshot("shop.dump");
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(6);
    file.put(99);
    return path;
}

const std::vector<BadInput>& snapshots() {
    static const std::vector<BadInput> rows{
        {"NoSnapshotInThePlace",
         4,
         {"no complete snapshot in snapshots", "pg_dump -Fc"},
         [](auto& test) {
             test.folder("snapshots");
             test.migration("1.sql", "SELECT 1;\n");
             return Args{"--snapshots", "snapshots"};
         }},
        {"ThePlaceIsMissing",
         4,
         {"nowhere"},
         [](auto& test) {
             test.migration("1.sql", "SELECT 1;\n");
             return Args{"--snapshots", "nowhere"};
         }},
        {"NoSnapshotOfThatName",
         4,
         {"sunday.dump", "shop.dump"},
         [](auto& test) {
             test.snapshot("shop.dump");
             test.migration("1.sql", "SELECT 1;\n");
             return Args{"--snapshot", "sunday.dump", "--snapshots", "snapshots"};
         }},
        {"OnlyAHalfWrittenOne",
         4,
         {"shop.dump", "cut off"},
         [](auto& test) {
             test.cut("shop.dump", 2000);
             test.migration("1.sql", "SELECT 1;\n");
             return Args{"--snapshots", "snapshots"};
         }},
        {"ACustomDumpWithoutItsEnd",
         4,
         {"shop.dump", "cut off"},
         [](auto& test) { return test.rehearsal_of(test.cut("shop.dump", 2000)); }},
        {"ATarWithoutItsEnd",
         4,
         {"shop.tar", "cut off"},
         [](auto& test) { return test.rehearsal_of(test.cut("shop.tar", 9000)); }},
        {"APlainDumpWithoutItsEnd",
         4,
         {"shop.sql"},
         [](auto& test) { return test.rehearsal_of(test.cut("shop.sql", 500)); }},
        {"AGzipWithoutItsEnd",
         4,
         {"shop.sql.gz"},
         [](auto& test) { return test.rehearsal_of(test.cut("shop.sql.gz", 500)); }},
        {"AZstdWithoutItsEnd",
         4,
         {"shop.sql.zst"},
         [](auto& test) { return test.rehearsal_of(test.cut("shop.sql.zst", 500)); }},
        {"ADirectoryWithoutOneOfItsFiles",
         4,
         {"shop.dir"},
         [](auto& test) {
             const fs::path dump = test.snapshot("shop.dir");
             for (const auto& file : fs::directory_iterator(dump)) {
                 if (file.path().extension() == ".gz") {
                     fs::remove(file);
                     break;
                 }
             }
             return test.rehearsal_of(dump);
         }},
        {"NoDump",
         4,
         {"letter.dump"},
         [](auto& test) { return test.rehearsal_of(test.write("letter.dump", "Dear reader,\n")); }},
        {"AnEmptyFile",
         4,
         {"empty.dump", "empty"},
         [](auto& test) { return test.rehearsal_of(test.write("empty.dump", "")); }},
        {"AnArchiveOfANewerFormat",
         4,
         {"shop.dump", "1.99"},
         [](auto& test) { return test.rehearsal_of(of_format_1_99(test)); }},
        {"AnExtensionThatTheServerLacks",
         4,
         {"nosuch"},
         [](auto& test) {
             return test.rehearsal_of(test.patched("shop.dump", "citext", "nosuch"));
         }},
        {"AnExtensionOfAPlainDump",
         4,
         {"nosuch"},
         [](auto& test) {
             return test.rehearsal_of(test.patched("shop.sql", "citext", "nosuch"));
         }},
        {"ARestoreThatFails",
         4,
         {"shop.sql", "no_such_function"},
         [](auto& test) {
             return test.rehearsal_of(
                 test.patched("shop.sql", "SELECT pg_catalog.setval", "SELECT no_such_function "));
         }},
    };
    return rows;
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Snapshot, BadInputTest, ::testing::ValuesIn(snapshots()), name_of);

}  // namespace rehearse::test
