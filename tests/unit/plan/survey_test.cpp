#include "rehearse/base/error.hpp"
#include "rehearse/plan/plan.hpp"

#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>

namespace rehearse::plan {
namespace {

using migrations::TransactionMode;
using testing::AllOf;
using testing::HasSubstr;

class Survey : public test::FolderFixture {
  protected:
    migrations::Migration migration(std::string_view sql,
                                    TransactionMode mode = TransactionMode::autocommit) const {
        migrations::Migration made;
        made.version = "0001";
        made.path = write("0001_a.sql", sql);
        made.tool = mode == TransactionMode::autocommit ? "plain" : "golang-migrate";
        made.transaction_mode = mode;
        made.through_psql = mode == TransactionMode::autocommit;
        return made;
    }
    FileSurvey survey(std::string_view sql) const { return survey_file(migration(sql)); }
    // The message behind the file's path.
    std::string error_of(std::string_view sql,
                         TransactionMode mode = TransactionMode::autocommit) const {
        const auto made = migration(sql, mode);
        try {
            survey_file(made);
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::migrations) << sql;
            EXPECT_FALSE(error.hints().empty()) << sql;
            EXPECT_TRUE(error.message().starts_with(made.path.string())) << error.message();
            return error.message().substr(made.path.string().size());
        }
        ADD_FAILURE() << "nothing was thrown for " << sql;
        return "";
    }
};

TEST_F(Survey, CountsStatements) {
    const auto empty = survey("-- nothing\n\n;\n");
    EXPECT_EQ(empty.statements, 0U);
    EXPECT_EQ(empty.bytes, 14U);
    const auto some = survey("\\echo hello\nSELECT 1; INSERT INTO t VALUES (';');\nSELECT 2");
    EXPECT_EQ(some.statements, 3U);
    EXPECT_FALSE(some.controls_transactions);
    EXPECT_EQ(some.forbidden_in_transaction, 0U);
}

TEST_F(Survey, DoesNotCountRowsOfCopyAsStatements) {
    EXPECT_EQ(survey("COPY t FROM STDIN;\n1\t\\N\n2\tBEGIN;\n\\.\nSELECT 1;\n").statements, 2U);
}

TEST_F(Survey, TellsTransactionsOfTheFilesOwn) {
    EXPECT_TRUE(survey("BEGIN;\nSELECT 1;\nCOMMIT;\n").controls_transactions);
    EXPECT_TRUE(survey("start transaction; rollback;").controls_transactions);
    EXPECT_FALSE(survey("SELECT 'BEGIN';\nSAVEPOINT a;").controls_transactions);
}

TEST_F(Survey, TellsStatementsThatNoTransactionMayHold) {
    EXPECT_EQ(survey("CREATE INDEX CONCURRENTLY ON t (a);\nVACUUM t;\nCREATE INDEX ON t (b);")
                  .forbidden_in_transaction,
              2U);
}

TEST_F(Survey, LeavesSyntaxErrorsToTheServer) {
    EXPECT_EQ(survey("SELCT 1;\nALTER TABEL t;\nSELECT 1);").statements, 3U);
}

TEST_F(Survey, FindsWhatTheAuthorAllows) {
    const auto found = survey(
                           "-- rehearse: allow table-rewrite because the table is empty\n"
                           "ALTER TABLE t ALTER COLUMN a TYPE bigint;"
                           "  --rehearse: allow no-rollback because we never go back\n"
                           "ALTER TABLE t\n"
                           "  -- rehearse: allow x-y because of \"z\"\n"
                           "  ADD COLUMN b int;\n"
                           "/* a note */ -- rehearse: everything here is fine\n"
                           "SELECT '-- rehearse: allow nothing because of a string';\n")
                           .allowed;
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].rule, "table-rewrite");
    EXPECT_EQ(found[0].reason, "the table is empty");
    EXPECT_EQ(found[0].line, 1);
    EXPECT_EQ(found[1].rule, "no-rollback");
    EXPECT_EQ(found[1].line, 2);
    EXPECT_EQ(found[2].reason, "of \"z\"");
    EXPECT_EQ(found[2].line, 4);
}

TEST_F(Survey, WantsAReasonForWhatTheAuthorAllows) {
    EXPECT_EQ(error_of("SELECT 1;\n-- rehearse: allow table-rewrite\nSELECT 2;").substr(0, 3),
              ":2:");
    error_of("-- rehearse: allow table-rewrite because\n");
    error_of("-- rehearse: allow because it is fine\n");
}

TEST_F(Survey, NamesTheByteThatIsNotUtf8) {
    EXPECT_EQ(error_of("SELECT 1;\nSELECT 'caf\xE9';"), ":2:12: not UTF-8 (byte 0xE9)");
    EXPECT_THAT(error_of("\xFF\xFES\0E\0"), HasSubstr("UTF-16"));
    EXPECT_THAT(error_of(std::string_view("SELECT 1;\0", 10)), HasSubstr(":1:10: a NUL byte"));
    // Far beyond one chunk, in the rows of a COPY.
    std::string rows = "COPY t FROM STDIN;\n";
    for (int i = 0; i < 100'000; ++i) rows += "1\t2\n";
    EXPECT_THAT(error_of(rows + "\xE9\n\\.\n"), HasSubstr(":100002:1: not UTF-8"));
}

TEST_F(Survey, NamesWhereSomethingWasOpened) {
    EXPECT_EQ(error_of("SELECT 1;\nSELECT 'abc;\n\n"),
              ":2:8: the quoted string that begins here does not end");
    EXPECT_THAT(error_of("DO $fn$ BEGIN END $$;"),
                HasSubstr(":1:4: the dollar quote $fn$ that begins here"));
    EXPECT_THAT(error_of("SELECT 1 /* /* */;"), HasSubstr(":1:10: the block comment"));
    EXPECT_THAT(error_of("SELECT (1;\nSELECT 2;"), HasSubstr(":1:8: the parenthesis"));
}

TEST_F(Survey, RefusesPsqlCommandsThatItCannotFollow) {
    EXPECT_THAT(error_of("SELECT 1;\n  \\gexec\n"),
                AllOf(HasSubstr(":2:3: "), HasSubstr(R"('\gexec')")));
    EXPECT_THAT(error_of("SELECT 1;\n  \\ir other.sql\n"),
                AllOf(HasSubstr(":2:3: cannot read "), HasSubstr("other.sql: No such file")));
    EXPECT_NO_THROW(survey("\\set ON_ERROR_STOP on\n\\timing\nSELECT 1\n\\echo half\n\\g\n"));
}

TEST_F(Survey, ReadsWhatPsqlWouldSend) {
    const std::string rows =
        "-- rehearse: allow table-rewrite because it is empty\nBEGIN;\nCOMMIT;";
    write("parts/rows.sql", rows);
    const std::string text =
        "\\if :{?small}\nVACUUM :t;\n\\else\n\\ir parts/rows.sql\nSELECT 1\\; VACUUM t;\n\\endif\n";
    auto made = migration(text);
    const auto big = survey_file(made);
    EXPECT_EQ(big.statements, 3U);
    EXPECT_EQ(big.bytes, text.size() + rows.size());
    EXPECT_TRUE(big.controls_transactions);
    EXPECT_EQ(big.forbidden_in_transaction, 1U);
    ASSERT_EQ(big.allowed.size(), 1U);
    EXPECT_EQ(big.allowed[0].line, 1);
    made.psql_variables = {{"small", ""}, {"t", "users"}};
    const auto small = survey_file(made);
    EXPECT_EQ(small.statements, 1U);
    EXPECT_FALSE(small.controls_transactions);
    EXPECT_EQ(small.forbidden_in_transaction, 1U);
}

TEST_F(Survey, NamesTheIncludedFileThatIsBad) {
    const fs::path bad = write("parts/bad.sql", "SELECT 1;\nSELECT 'caf\xE9';\n");
    const fs::path open = write("parts/open.sql", "SELECT 1;\nSELECT 'abc;\n");
    const auto message_of = [&](const std::string& name) -> std::string {
        try {
            survey("\\ir parts/" + name + "\n");
        } catch (const Error& error) {
            return error.message();
        }
        return "no error";
    };
    EXPECT_EQ(message_of("bad.sql"), bad.string() + ":2:12: not UTF-8 (byte 0xE9)");
    EXPECT_EQ(message_of("open.sql"),
              open.string() + ":2:8: the quoted string that begins here does not end");
}

TEST_F(Survey, RefusesEveryMetaCommandWhereTheToolKnowsNone) {
    EXPECT_THAT(error_of("\\echo hello\nSELECT 1;\n", TransactionMode::whole_file_query),
                AllOf(HasSubstr(":1:1: "), HasSubstr("golang-migrate sends the file")));
}

TEST_F(Survey, SaysWhenTheFileHasGone) {
    auto gone = migration("");
    fs::remove(gone.path);
    EXPECT_THROW(survey_file(gone), Error);
}

}  // namespace
}  // namespace rehearse::plan
