#include "migrations_history_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SupabasePending : public test::ToolHistory {
  protected:
    SupabasePending() : ToolHistory("supabase") {}

    void SetUp() override {
        ToolHistory::SetUp();
        if (IsSkipped()) return;
        folder_.write("20240101_a.sql");
        folder_.write("20240102_b.sql", "-- one\nSELECT 'x;\\' ;\n;;\nSELECT 2;;\n-- the end\n");
        folder_.write("20240103_c.sql");
        // As its versions before 2023 made it.
        run_sql(
            "CREATE SCHEMA supabase_migrations; CREATE TABLE supabase_migrations.schema_migrations "
            "(version text NOT NULL PRIMARY KEY)");
    }
    void rows(const std::string& values) const {
        run_sql("INSERT INTO supabase_migrations.schema_migrations VALUES " + values);
    }
};

TEST_F(SupabasePending, IsWhatComesAfterTheNewest) {
    rows("('20240101')");
    EXPECT_THAT(versions(), ElementsAre("20240102", "20240103"));
    EXPECT_EQ(pending().applied, 1U);
    EXPECT_EQ(pending().migrations[1].record_before, std::vector<std::string>{"RESET ALL"});
}

TEST_F(SupabasePending, RecordsRowsThatItReadsAgain) {
    rows("('20240101')");
    record_all();
    EXPECT_THAT(versions(), IsEmpty());
    EXPECT_EQ(value_of("SELECT name || array_to_string(statements, '|') FROM "
                       "supabase_migrations.schema_migrations WHERE version = '20240102'"),
              "b-- one\nSELECT 'x;\\'|SELECT 2|-- the end");
}

TEST_F(SupabasePending, MakesItsTableInAnEmptyDatabase) {
    run_sql("DROP SCHEMA supabase_migrations CASCADE");
    EXPECT_THAT(refusal(), HasSubstr("no history of supabase"));
    run_sql("DROP TABLE users");
    record_all();
    EXPECT_THAT(versions(), IsEmpty());
}

TEST_F(SupabasePending, StopsAtVersionsThatTheFolderLacks) {
    rows("('20230101'), ('20240101'), ('20240104')");
    EXPECT_THAT(refusal(), AllOf(HasSubstr("Remote migration versions not found"),
                                 HasSubstr("20230101, 20240104")));
}

TEST_F(SupabasePending, StopsAtAFileThatCameLate) {
    rows("('20240101'), ('20240103')");
    EXPECT_THAT(refusal(), AllOf(HasSubstr("to be inserted before the last migration"),
                                 HasSubstr("20240102_b.sql")));
    options_.variables["supabase.include-all"] = "true";
    EXPECT_THAT(versions(), ElementsAre("20240102"));
}

TEST_F(SupabasePending, TellsOfTheFileThatIsAlwaysSkipped) {
    folder_.write("20200101000000_init.sql");
    rows("('20240101')");
    EXPECT_THAT(warning(), HasSubstr("20200101000000_init.sql is skipped"));
    EXPECT_EQ(versions().size(), 2U);
}

}  // namespace
}  // namespace rehearse::migrations
