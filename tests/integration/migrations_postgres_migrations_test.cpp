#include "migrations_history_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PostgresMigrationsPending : public test::ToolHistory {
  protected:
    PostgresMigrationsPending() : ToolHistory("postgres-migrations") {}

    void SetUp() override {
        ToolHistory::SetUp();
        if (IsSkipped()) return;
        folder_.write("1_t.sql", kText);
        folder_.write("2_b.sql", kText);
        folder_.write("3_c.sql", "-- postgres-migrations disable-transaction\nSELECT 1;\n");
        run_sql(
            "CREATE TABLE migrations (id integer PRIMARY KEY, name varchar(100) UNIQUE NOT NULL, "
            "hash varchar(40) NOT NULL, executed_at timestamp DEFAULT current_timestamp)");
    }
    void first_is_applied() const {
        run_sql(
            "INSERT INTO migrations VALUES (1, 't', "
            "'e5f323573177c988fb7dfddcbd2db39112dd4dcf'), (0, 'create-migrations-table', "
            "'e18db593bcde2aca2a408c4d1100f6abba2195df')");
    }

    static constexpr const char* kText = "CREATE TABLE t (id int);\n";
};

TEST_F(PostgresMigrationsPending, IsWhatComesBehindAsManyAsThereAreRows) {
    first_is_applied();
    EXPECT_THAT(versions(), ElementsAre("2", "3"));
    EXPECT_EQ(pending().applied, 1U);
    EXPECT_EQ(pending().migrations[0].record_within.size(), 1U);
    EXPECT_EQ(pending().migrations[1].record_after.size(), 1U);
}

TEST_F(PostgresMigrationsPending, RecordsRowsThatItReadsAgain) {
    first_is_applied();
    record_all();
    EXPECT_THAT(versions(), IsEmpty());
    EXPECT_EQ(value_of("SELECT concat_ws(' ', id, name, hash) FROM migrations WHERE id = 2"),
              "2 b be017c551bd34c5549cbd6b58ed46ac2a566454d");
}

TEST_F(PostgresMigrationsPending, MakesItsTableInAnEmptyDatabase) {
    run_sql("DROP TABLE users, migrations");
    record_all();
    EXPECT_THAT(versions(), IsEmpty());
    EXPECT_EQ(value_of("SELECT concat_ws(' ', name, hash) FROM migrations WHERE id = 0"),
              "create-migrations-table e18db593bcde2aca2a408c4d1100f6abba2195df");
}

TEST_F(PostgresMigrationsPending, StopsAtAFileThatWasEdited) {
    first_is_applied();
    folder_.write("1_t.sql", "CREATE TABLE t (id bigint);\n");
    EXPECT_THAT(refusal(), HasSubstr("Hashes don't match for migrations '1_t.sql'"));
    fs::rename(folder_.folder() / "1_t.sql", folder_.folder() / "1_u.sql");
    folder_.write("1_u.sql", kText);
    EXPECT_THAT(refusal(), HasSubstr("'1_u.sql'"));
}

TEST_F(PostgresMigrationsPending, CannotRunWhatIsNotSql) {
    first_is_applied();
    folder_.write("4_d.js");
    EXPECT_THAT(refusal(), HasSubstr("4_d.js is pending and is not SQL"));
}

}  // namespace
}  // namespace rehearse::migrations
