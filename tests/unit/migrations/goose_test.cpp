#include "tool_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class Goose : public ToolFixture {
  protected:
    Goose() : ToolFixture("goose") {}
    std::vector<std::string> cut(const std::string& content) const {
        return texts_of(only("1_a.sql", content));
    }
    std::string error_in(const std::string& content) const {
        return error_of_texts("1_a.sql", content);
    }
};

TEST_F(Goose, OrdersByNumberAndReadsNames) {
    for (const char* file : {"10_c.sql", "00002_b_b.sql", "20240101000000_d.sql", "1_a.sql"})
        write(file, "-- +goose Up\nSELECT 1;\n");
    const auto all = open()->all();
    EXPECT_THAT(versions(), ElementsAre("1", "00002", "10", "20240101000000"));
    EXPECT_EQ(all[1].name, "b_b");
    EXPECT_EQ(all[1].tool, "goose");
    EXPECT_EQ(all[1].sends, Sends::texts);
}

TEST_F(Goose, RefusesAVersionThatStandsTwice) {
    write_all({"1_a.sql", "001_b.sql"});
    EXPECT_THAT(error_of_listing(), AllOf(HasSubstr("001_b.sql"), HasSubstr("1_a.sql")));
    fs::remove(folder() / "001_b.sql");
    write("01_b.go");
    EXPECT_THAT(error_of_listing(), HasSubstr("01_b.go"));
}

TEST_F(Goose, TakesNoOtherNames) {
    write("1_a.sql", "-- +goose Up\n");
    write_all(
        {"a_1.sql", "0_b.sql", "3.sql", "-4_c.sql", "99999999999999999999_d.sql", "5_e_test.go"});
    EXPECT_THAT(versions(), ElementsAre("1"));
}

// As the tool's own splitter cuts: at lines that end in a semicolon.
TEST_F(Goose, CutsAtLinesThatEndInASemicolon) {
    EXPECT_THAT(cut("-- a comment\n\n-- +goose Up\nCREATE TABLE a (\n  id int\n);\n"
                    "INSERT INTO a VALUES (1); INSERT INTO a VALUES (2);\n"
                    "SELECT 1; -- the end\nSELECT ';' ,\n 2;\n\n-- +goose Down\nDROP TABLE a\n"),
                ElementsAre("4:CREATE TABLE a (\n  id int\n);",
                            "7:INSERT INTO a VALUES (1); INSERT INTO a VALUES (2);",
                            "8:SELECT 1; -- the end", "9:SELECT ';' ,\n 2;"));
}

TEST_F(Goose, CutsABodyThatHasNoAnnotationsWhereTheToolDoes) {
    EXPECT_THAT(cut("-- +goose Up\nDO $$ BEGIN\n  NULL;\nEND $$;\n"),
                ElementsAre("2:DO $$ BEGIN\n  NULL;", "4:END $$;"));
}

TEST_F(Goose, KeepsAStatementBetweenItsAnnotationsWhole) {
    EXPECT_THAT(cut("-- +goose Up\nSELECT 1;\n-- +goose StatementBegin\nDO $$ BEGIN\n  NULL;\n"
                    "-- +goose NO TRANSACTION\nEND $$\n-- +goose StatementEnd\nSELECT 2;\n"),
                ElementsAre("2:SELECT 1;", "4:DO $$ BEGIN\n  NULL;\n\nEND $$", "9:SELECT 2;"));
}

TEST_F(Goose, KeepsCommentsBeforeAStatement) {
    const auto texts = only("1_a.sql",
                            "-- +goose Up\r\n-- rehearse: allow x because y\r\n\r\n"
                            "SELECT\r\n 1;\r\n")
                           .texts();
    ASSERT_EQ(texts.size(), 1U);
    EXPECT_EQ(texts[0].sql, "-- rehearse: allow x because y\n\nSELECT\n 1;\n");
    EXPECT_EQ(texts[0].position.line, 2);
    EXPECT_EQ(texts[0].position.offset, 14U);
}

TEST_F(Goose, ReadsItsTransactionAndItsWayBack) {
    const Migration plain = only("1_a.sql", "-- +goose up\nSELECT 1;\n");
    EXPECT_EQ(plain.transaction_mode, TransactionMode::one_transaction);
    EXPECT_FALSE(plain.down_path);
    const Migration other =
        only("1_a.sql", "--+goose Up\nVACUUM;\n-- +goose Down\n-- +goose no transaction\n");
    EXPECT_EQ(other.transaction_mode, TransactionMode::autocommit);
    EXPECT_EQ(other.down_path, other.path);
    EXPECT_THAT(cut("-- +goose Up\n-- nothing to do\n"), IsEmpty());
}

TEST_F(Goose, FillsInTheEnvironmentWhereItIsTold) {
    options_.variables = {{"SCHEMA", "shop"}, {"EMPTY", ""}};
    EXPECT_THAT(
        cut("-- +goose Up\nSELECT '${SCHEMA}';\n-- +goose ENVSUB ON\n"
            "SELECT '${SCHEMA}', '$SCHEMA', '${NONE:-a b}', '${EMPTY-x}${EMPTY:-y}',"
            " '${NONE:-${SCHEMA}}', 'a$$b\\$';\n"
            "-- +goose ENVSUB OFF\nSELECT '$SCHEMA';\n"),
        ElementsAre("2:SELECT '${SCHEMA}';", "4:SELECT 'shop', 'shop', 'a b', 'y', 'shop', 'a$b$';",
                    "6:SELECT '$SCHEMA';"));
    EXPECT_THAT(error_in("-- +goose Up\n-- +goose ENVSUB ON\nSELECT 1\n  + ${NONE};\n"),
                StartsWith("1_a.sql:4: the placeholder ${NONE} has no value"));
    EXPECT_THAT(error_in("-- +goose Up\n-- +goose ENVSUB ON\nSELECT ${1};\n"),
                StartsWith("1_a.sql:3: a placeholder"));
}

TEST_F(Goose, NamesTheLineThatTheToolStopsAt) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"SELECT 1;\n", "1: text before '-- +goose Up'"},
        {"\n-- only a comment\n", "1: no '-- +goose Up' in the file"},
        {"-- +goose Down\n", "1: '-- +goose Down' where"},
        {"-- +goose Up\n-- +goose Up\n", "2: a second '-- +goose Up'"},
        {"-- +goose Up\n-- +goose Down\n-- +goose Down\n", "3: '-- +goose Down' where"},
        {"-- +goose Up\n-- c\nSELECT\n1\n-- +goose Down\n", "3: the statement that begins here"},
        {"-- +goose Up\nSELECT 1\n", "2: the statement that begins here"},
        {"-- +goose Up\n -- +goose Down\n", "2: white space before an annotation"},
        {"-- +goose Up\n-- see +goose docs\n", "2: a comment with +goose"},
        {"-- +goose Up\n-- +goose StatementEnd\n", "2: '-- +goose StatementEnd' without"},
        {"-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n",
         "2: '-- +goose StatementBegin' without"},
        {"-- +goose StatementBegin\n-- +goose Up\n", "1: '-- +goose StatementBegin' outside"},
    };
    for (const auto& [content, message] : cases)
        EXPECT_THAT(error_in(content), StartsWith("1_a.sql:" + message)) << content;
}

}  // namespace
}  // namespace rehearse::migrations
