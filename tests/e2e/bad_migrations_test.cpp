#include "e2e/bad_input.hpp"

namespace rehearse::test {

namespace {

const std::vector<BadInput>& migrations() {
    static const std::vector<BadInput> rows{
        {"NoFolder", 5, {"nowhere"}, [](auto& test) { return test.rehearsal_in("nowhere"); }},
        {"AFileForAFolder",
         5,
         {"one.sql"},
         [](auto& test) { return test.rehearsal_in(test.write("one.sql", "SELECT 1;\n")); }},
        {"AnEmptyFolder",
         5,
         {"migrations"},
         [](auto& test) { return test.rehearsal_in(test.folder("migrations")); }},
        {"TwoFilesWithOneVersion",
         5,
         {"0002_a.sql", "0002_b.sql"},
         [](auto& test) {
             test.migration("0002_a.sql", "SELECT 1;\n");
             return test.rehearsal_with("0002_b.sql", "SELECT 2;\n");
         }},
        {"TwoGolangFilesWithOneVersion",
         5,
         {"1_a.up.sql", "001_b.up.sql"},
         [](auto& test) {
             test.migration("1_a.up.sql", "SELECT 1;\n");
             test.migration("001_b.up.sql", "SELECT 2;\n");
             return test.rehearsal_in("migrations");
         }},
        {"AHistoryWithoutItsFile",
         5,
         {"2"},
         [](auto& test) {
             test.migration("5_a.up.sql", "SELECT 1;\n");
             return test.rehearsal_in("migrations");
         }},
        {"NotUtf8",
         5,
         {"2_latin1.sql:2:11: not UTF-8", "iconv"},
         [](auto& test) {
             return test.rehearsal_with("2_latin1.sql", "SELECT 1;\nSELECT 'gr\xfc\xdf';\n");
         }},
        {"AQuoteWithoutEnd",
         5,
         {"2_open.sql:3:8: the quoted string", "Close it"},
         [](auto& test) {
             return test.rehearsal_with("2_open.sql", "SELECT 1;\n\nSELECT 'no end;\n");
         }},
        {"AMetaCommand",
         5,
         {"2_psql.sql:2:1: psql meta-command '\\! ls'", "Take the line out"},
         [](auto& test) { return test.rehearsal_with("2_psql.sql", "SELECT 1;\n\\! ls\n"); }},
        {"AFileThatIsNotThereToBeIncluded",
         5,
         {"2_psql.sql:2:1: cannot read other.sql: No such file", "\\ir looks beside the file"},
         [](auto& test) {
             return test.rehearsal_with("2_psql.sql", "SELECT 1;\n\\include other.sql\n");
         }},
        {"AToolThatNobodyKnows",
         2,
         {"flywya"},
         [](auto& test) {
             return test.rehearsal_with("2.sql", "SELECT 1;\n") + Args{"--tool", "flywya"};
         }},
    };
    return rows;
}

class BadMigration : public RehearseTest {};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Migrations, BadInputTest, ::testing::ValuesIn(migrations()), name_of);

// The server is the judge of syntax: an answer about the migration, not an error.
TEST_F(BadMigration, ASyntaxErrorFailsWhereItStands) {
    migration("1_typo.sql",
              "CREATE TABLE a (id int);\n\nALTER TABLE users\n  ADD COLUM b int;\nSELECT 1;\n");
    migration("2_after.sql", "SELECT 1;\n");
    const auto& run = rehearse_on(snapshot("shop.dump"), {"--format", "json"});
    EXPECT_EQ(run.exit_code, 1);
    const auto report = nlohmann::json::parse(run.out);
    EXPECT_THAT(labels_of(report), ::testing::ElementsAre("failed", "not_run"));
    const auto& error = report["migrations"][0]["error"];
    EXPECT_EQ(error["sqlstate"], "42601");
    EXPECT_EQ(error["line"], 4);
    EXPECT_EQ(error["column"], 15);
    EXPECT_EQ(error["statement"], 2);
    EXPECT_THAT(std::string(error["path"]), ::testing::HasSubstr("1_typo.sql"));
}

}  // namespace rehearse::test
