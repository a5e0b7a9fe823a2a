#include "migrations_history_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PostgratorPending : public test::ToolHistory {
  protected:
    PostgratorPending() : ToolHistory("postgrator") {}

    void SetUp() override {
        ToolHistory::SetUp();
        if (IsSkipped()) return;
        for (const char* file : {"001.do.a.sql", "002.do.b.sql", "003.do.sql"})
            folder_.write(file, kText);
        run_sql(
            "CREATE TABLE schemaversion (version bigint PRIMARY KEY, name text, md5 text, run_at "
            "timestamptz); INSERT INTO schemaversion (version) VALUES (0)");
    }
    void row(const std::string& version, const std::string& md5) const {
        run_sql("INSERT INTO schemaversion VALUES (" + version + ", 'x', " + md5 + ", now())");
    }

    static constexpr const char* kText = "CREATE TABLE t (id int);\n";
};

TEST_F(PostgratorPending, IsWhatIsAboveTheHighest) {
    EXPECT_EQ(versions().size(), 3U);
    row("1", "NULL");
    EXPECT_THAT(versions(), ElementsAre("002", "003"));
    EXPECT_EQ(pending().applied, 1U);
    EXPECT_EQ(warning(), "");
}

TEST_F(PostgratorPending, RecordsRowsThatItReadsAgain) {
    row("1", "NULL");
    record_all();
    EXPECT_THAT(versions(), IsEmpty());
    EXPECT_EQ(value_of("SELECT string_agg(concat_ws('|', version, name, md5), ' ' ORDER BY "
                       "version) FROM schemaversion WHERE run_at IS NOT NULL AND version > 1"),
              "2|b|cd693128f6e326e5b6817a24ba8764af 3||cd693128f6e326e5b6817a24ba8764af");
}

TEST_F(PostgratorPending, MakesItsTableInAnEmptyDatabase) {
    run_sql("DROP TABLE users, schemaversion");
    record_all();
    EXPECT_THAT(versions(), IsEmpty());
    EXPECT_EQ(value_of("SELECT count(*) FROM schemaversion"), "4");
}

TEST_F(PostgratorPending, StopsAtAFileThatWasEdited) {
    row("1", "'cd693128f6e326e5b6817a24ba8764af'");
    row("2", "'c450052d9db3dcad94aadfe43f6cb36a'");  // with its option newline: CRLF
    EXPECT_EQ(refusal(), "");
    folder_.write("001.do.a.sql", "CREATE TABLE t (id bigint);\n");
    EXPECT_THAT(refusal(), HasSubstr("MD5 checksum failed for migration [1]"));
}

TEST_F(PostgratorPending, TellsOfAFileThatPostgratorSkips) {
    row("1", "NULL");
    row("3", "NULL");
    EXPECT_THAT(versions(), IsEmpty());
    EXPECT_THAT(warning(), AllOf(HasSubstr("002.do.b.sql has never run"), HasSubstr("version 3")));
}

TEST_F(PostgratorPending, CannotRunWhatIsNotSql) {
    folder_.write("004.do.d.js");
    EXPECT_THAT(refusal(), HasSubstr("004.do.d.js is pending and is not SQL"));
    row("4", "NULL");
    EXPECT_EQ(refusal(), "");
}

}  // namespace
}  // namespace rehearse::migrations
