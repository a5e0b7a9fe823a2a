#include "migrations_history_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class NodePgMigratePending : public test::ToolHistory {
  protected:
    NodePgMigratePending() : ToolHistory("node-pg-migrate") {}

    void SetUp() override {
        ToolHistory::SetUp();
        if (IsSkipped()) return;
        folder_.write_all({"1_a.sql", "2_b.sql", "3_c.sql"});
        run_sql(
            "CREATE TABLE pgmigrations (id SERIAL PRIMARY KEY, name varchar(255) NOT NULL, run_on "
            "timestamp NOT NULL)");
    }
    void row(const std::string& name, const std::string& run_on = "now()") const {
        run_sql("INSERT INTO pgmigrations (name, run_on) VALUES ('" + name + "', " + run_on + ")");
    }
};

TEST_F(NodePgMigratePending, IsWhatTheHistoryDoesNotName) {
    row("1_a");
    EXPECT_THAT(versions(), ElementsAre("2", "3"));
    EXPECT_EQ(pending().applied, 1U);
    EXPECT_THAT(pending().migrations[0].record_before,
                ElementsAre("SET search_path TO \"public\""));
    EXPECT_THAT(pending().migrations[1].record_before, IsEmpty());
}

TEST_F(NodePgMigratePending, RecordsRowsThatItReadsAgain) {
    row("1_a");
    record_all();
    EXPECT_THAT(versions(), IsEmpty());
    EXPECT_EQ(value_of("SELECT string_agg(concat_ws(' ', id, name), ', ' ORDER BY id) FROM "
                       "pgmigrations WHERE run_on IS NOT NULL"),
              "1 1_a, 2 2_b, 3 3_c");
}

TEST_F(NodePgMigratePending, MakesItsTableInAnEmptyDatabase) {
    run_sql("DROP TABLE users, pgmigrations");
    EXPECT_THAT(pending().migrations.at(0).record_before.at(0), HasSubstr("CREATE TABLE"));
    record_all();
    EXPECT_THAT(versions(), IsEmpty());
}

// The order is that of run_on, and of id where that is equal.
TEST_F(NodePgMigratePending, StopsAtAFileThatCameLate) {
    row("3_c", "'2024-01-02'");
    row("1_a", "'2024-01-01'");
    EXPECT_EQ(refusal(), "Not run migration 2_b is preceding already run migration 3_c");
    options_.variables["node-pg-migrate.no-check-order"] = "true";
    EXPECT_THAT(versions(), ElementsAre("2"));
    options_.variables.clear();
    row("2_b", "'2024-01-02'");
    EXPECT_EQ(refusal(), "Not run migration 2_b is preceding already run migration 3_c");
    run_sql("UPDATE pgmigrations SET id = 10 WHERE name = '3_c'");
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(versions(), IsEmpty());
}

TEST_F(NodePgMigratePending, StopsAtARowWithoutAFile) {
    row("1_a");
    row("1_gone");
    EXPECT_EQ(refusal(), "Not run migration 2_b is preceding already run migration 1_gone");
}

TEST_F(NodePgMigratePending, CannotRunWhatIsNotSql) {
    folder_.write("2_js.js");
    row("1_a");
    EXPECT_THAT(refusal(), HasSubstr("2_js.js is pending and is not SQL"));
    row("2_b");
    row("2_js");
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(versions(), ElementsAre("3"));
}

TEST_F(NodePgMigratePending, TellsOfAFileThatRunsBothWays) {
    folder_.write("1_a.sql", "SELECT 1;\n-- Down Migration\nSELECT 2;\n");
    folder_.write("2_b.sql", "SELECT 1;\n-- Down Migration\nSELECT 2;\n");
    row("1_a");
    EXPECT_THAT(warning(), AllOf(HasSubstr("2_b.sql"), HasSubstr("runs all of it")));
    EXPECT_EQ(versions().size(), 2U);
    folder_.write("notes.md");
    EXPECT_THAT(warning(), HasSubstr("notes.md is in the folder"));
}

}  // namespace
}  // namespace rehearse::migrations
