#include "tool_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Mybatis : public ToolFixture {
  protected:
    Mybatis() : ToolFixture("mybatis") {}
    void set(const std::string& properties) const {
        write("../environments/development.properties", properties);
    }
    std::vector<std::string> cut(const std::string& content) const {
        return texts_of(only("1_a.sql", content));
    }
};

TEST_F(Mybatis, OrdersByIdAndLeavesItsSpecialFilesOut) {
    write_all({"20240101_add_a_b.sql", "9_b.sql", "010.sql", "bootstrap.sql", "onabort.sql"});
    EXPECT_THAT(versions(), ElementsAre("9", "010", "20240101"));
    EXPECT_EQ(open()->all()[2].name, "add a b");
    write("10_c.sql");
    EXPECT_THAT(error_of_listing(), AllOf(HasSubstr("010.sql"), HasSubstr("10_c.sql")));
    fs::remove(folder() / "10_c.sql");
    write("seed.sql");
    EXPECT_THAT(error_of_listing(), StartsWith("seed.sql: its name does not begin with a number"));
}

TEST_F(Mybatis, CutsAtLinesThatHaveTheDelimiter) {
    const Migration migration =
        only("1_a.sql",
             "-- // about a\nCREATE TABLE a (\n-- its key\n\n  id int); passed over\n"
             "SELECT 1; SELECT 2;\n--//  @UNDO\nDROP TABLE a;\n");
    EXPECT_THAT(texts_of(migration), ElementsAre("1:-- // about a\nCREATE TABLE a (\n\n\n  id int)",
                                                 "6:SELECT 1; SELECT 2"));
    EXPECT_EQ(migration.down_path, migration.path);
    EXPECT_EQ(migration.transaction_mode, TransactionMode::one_transaction);
    EXPECT_THAT(cut("DO $$ BEGIN NULL; END $$;\nSELECT 1\n;\n"),
                ElementsAre("1:DO $$ BEGIN NULL; END $$", "2:SELECT 1"));
    EXPECT_THAT(error_of_texts("1_a.sql", "SELECT 1;\nSELECT 2\n-- //@UNDO\n"),
                StartsWith("1_a.sql:2: the statement that begins here"));
}

TEST_F(Mybatis, CutsAsItIsTold) {
    EXPECT_THAT(
        cut("-- @DELIMITER /\nDO $$ BEGIN\n NULL;\nEND $$;\n/\n-- @DELIMITER ;\nSELECT 1;\n"),
        ElementsAre("1:-- @DELIMITER /\nDO $$ BEGIN\n NULL;\nEND $$;",
                    "6:-- @DELIMITER ;\nSELECT 1"));
    set("delimiter=go\nfull_line_delimiter=true\n");
    EXPECT_THAT(cut("SELECT 'go';\ngo\nSELECT 2;\n go \n"),
                ElementsAre("1:SELECT 'go';", "3:SELECT 2;"));
    set("send_full_script=true\nauto_commit=true\n");
    EXPECT_THAT(cut("SELECT 1;\nSELECT 2\n"), ElementsAre("1:SELECT 1;\nSELECT 2"));
    EXPECT_EQ(open()->all()[0].transaction_mode, TransactionMode::autocommit);
}

TEST_F(Mybatis, FillsInTheValuesOfItsEnvironment) {
    set("schema=shop\nother=x\n");
    options_.variables["other"] = "given";
    EXPECT_THAT(cut("SELECT '${schema}', '${other}', '\\${schema}';\n"),
                ElementsAre("1:SELECT 'shop', 'given', '${schema}'"));
    EXPECT_THAT(error_of_texts("1_a.sql", "SELECT 1;\nSELECT ${none};\n"),
                StartsWith("1_a.sql:2: the placeholder ${none} has no value"));
    write("../environments/production.properties", "none=1\n");
    options_.variables["mybatis.env"] = "production";
    EXPECT_THAT(cut("SELECT ${none};\n"), ElementsAre("1:SELECT 1"));
}

}  // namespace
}  // namespace rehearse::migrations
