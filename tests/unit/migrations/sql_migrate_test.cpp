#include "tool_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

class SqlMigrate : public ToolFixture {
  protected:
    SqlMigrate() : ToolFixture("sql-migrate") {}
    std::vector<std::string> cut(const std::string& content) const {
        return texts_of(only("1-a.sql", content));
    }
};

TEST_F(SqlMigrate, OrdersByLeadingNumberAndThenByName) {
    for (const char* file : {"b.sql", "10_c.sql", "5_d.sql", "05_c.sql", "a.sql", "7.sql"})
        write(file, "-- +migrate Up\n");
    write_all({"README.md", "9_x.txt"});
    EXPECT_THAT(versions(), ElementsAre("05", "5", "7", "10", "a", "b"));
    EXPECT_EQ(open()->all()[1].name, "d");
}

TEST_F(SqlMigrate, CutsAtLinesThatEndInASemicolon) {
    EXPECT_THAT(cut("passed over;\n-- +migrate Up\n-- about a\nCREATE TABLE a (\n-- its key\n"
                    "  id int);  -- done\nSELECT 1; SELECT 2;\n-- +migrate Down\nDROP TABLE a;\n"
                    "-- +migrate Up\nSELECT 3;\n"),
                ElementsAre("3:-- about a\nCREATE TABLE a (\n\n  id int);  -- done",
                            "7:SELECT 1; SELECT 2;", "11:SELECT 3;"));
}

TEST_F(SqlMigrate, CutsABodyThatHasNoCommandsWhereTheToolDoes) {
    EXPECT_THAT(cut("-- +migrate Up\nDO $$ BEGIN\n  NULL;\nEND $$;\n"),
                ElementsAre("2:DO $$ BEGIN\n  NULL;", "4:END $$;"));
    EXPECT_THAT(cut("-- +migrate Up\n-- +migrate StatementBegin\nDO $$ BEGIN\n  NULL;\nEND $$\n"
                    "-- +migrate StatementEnd\nSELECT 1;\n"),
                ElementsAre("3:DO $$ BEGIN\n  NULL;\nEND $$", "7:SELECT 1;"));
}

TEST_F(SqlMigrate, ReadsItsTransactionAndItsWayBack) {
    const Migration plain =
        only("1-a.sql", "-- +migrate Up\nSELECT 1;\n-- +migrate Down notransaction\n");
    EXPECT_EQ(plain.transaction_mode, TransactionMode::one_transaction);
    EXPECT_EQ(plain.down_path, plain.path);
    const Migration other = only("1-a.sql", "-- +migrate Up  notransaction\nVACUUM;\n");
    EXPECT_EQ(other.transaction_mode, TransactionMode::autocommit);
    EXPECT_FALSE(other.down_path);
}

// It reads every file before it does anything.
TEST_F(SqlMigrate, NamesTheLineThatTheToolStopsAt) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"SELECT 1;\n", "1: no '-- +migrate Up'"},
        {"-- +migrate up\nSELECT 1;\n", "1: no '-- +migrate Up'"},
        {"--  +migrate Up\n", "1: no '-- +migrate Up'"},
        {"-- +migrate Up\n-- +migrate \n", "2: '-- +migrate' without a command"},
        {"-- +migrate Up\n\nSELECT 1\n-- +migrate Down\n", "3: the statement that begins here"},
        {"-- +migrate Up\n-- +migrate Down\nSELECT 1\n", "3: the statement that begins here"},
        {"-- +migrate Up\n--nothing\n", "2: the statement that begins here"},
        {"-- +migrate Up\n-- +migrate StatementBegin\nSELECT 1;\n",
         "2: '-- +migrate StatementBegin' without"},
    };
    for (const auto& [content, message] : cases) {
        write("1-a.sql", content);
        EXPECT_THAT(error_of_listing(), StartsWith("1-a.sql:" + message)) << content;
    }
}

}  // namespace
}  // namespace rehearse::migrations
