#include "migrations_history_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kText = "CREATE TABLE t (id int);\n";
constexpr const char* kFirst = "sha1:9d425143f6c0084d58f4289ec9a78d367155bf76";
// Of kText behind kFirst, and of "--! no-transaction\n" and kText behind that.
constexpr const char* kSecond = "sha1:d4e54375b857f606b0759b0f5086817f51c73a1e";
constexpr const char* kThird = "sha1:b7a96f9fc72f15d123c8b70d8c1dbb9f37b75d04";

class GraphileMigratePending : public test::ToolHistory {
  protected:
    GraphileMigratePending() : ToolHistory("graphile-migrate") {}

    void SetUp() override {
        ToolHistory::SetUp();
        if (IsSkipped()) return;
        commit("000001.sql", "-", kFirst, kText);
        commit("000002-b.sql", kFirst, kSecond, kText);
        commit("000003.sql", kSecond, kThird, std::string("--! no-transaction\n") + kText);
        run_sql(
            "CREATE SCHEMA graphile_migrate; CREATE TABLE graphile_migrate.migrations (hash text "
            "PRIMARY KEY, previous_hash text REFERENCES graphile_migrate.migrations, filename text "
            "NOT NULL, date timestamptz NOT NULL DEFAULT now())");
    }
    void commit(const std::string& file, const std::string& previous, const std::string& hash,
                const std::string& body, const std::string& more = "") const {
        folder_.write("committed/" + file, "--! Previous: " + previous + "\n--! Hash: " + hash +
                                               "\n" + more + "\n" + body);
    }
    void first_is_applied() const {
        run_sql(std::string("INSERT INTO graphile_migrate.migrations VALUES ('") + kFirst +
                "', NULL, '000001.sql')");
    }
};

TEST_F(GraphileMigratePending, IsWhatComesAfterTheNewestFile) {
    first_is_applied();
    EXPECT_THAT(versions(), ElementsAre("000002", "000003"));
    EXPECT_EQ(pending().applied, 1U);
    EXPECT_THAT(pending().migrations[0].record_after, IsEmpty());
    EXPECT_THAT(pending().migrations[1].record_within, IsEmpty());
    EXPECT_EQ(warning(), "");
}

TEST_F(GraphileMigratePending, RecordsRowsThatItReadsAgain) {
    first_is_applied();
    record_all();
    EXPECT_THAT(versions(), IsEmpty());
    EXPECT_EQ(value_of("SELECT string_agg(concat_ws(' ', hash, previous_hash, filename), ', ' "
                       "ORDER BY filename) FROM graphile_migrate.migrations"),
              std::string(kFirst) + " 000001.sql, " + kSecond + " " + kFirst + " 000002.sql, " +
                  kThird + " " + kSecond + " 000003.sql");
}

TEST_F(GraphileMigratePending, MakesItsTablesInAnEmptyDatabase) {
    run_sql("DROP SCHEMA graphile_migrate CASCADE; DROP TABLE users");
    record_all();
    EXPECT_EQ(value_of("SELECT count(*) FROM graphile_migrate.migrations"), "3");
    EXPECT_EQ(value_of("SELECT count(*) FROM graphile_migrate.current"), "0");
}

TEST_F(GraphileMigratePending, StopsAtAFileThatWasEdited) {
    first_is_applied();
    commit("000001.sql", "-", kFirst, "SELECT 'it ran as something else';\n");
    EXPECT_EQ(refusal(), "");
    commit("000002-b.sql", kFirst, kSecond, "SELECT 'edited';\n");
    EXPECT_THAT(refusal(), AllOf(HasSubstr("Hash for 000002-b.sql does not match"),
                                 HasSubstr(std::string("!== ") + kSecond)));
    commit("000002-b.sql", kFirst, kSecond, "SELECT 'edited';\n", "--! AllowInvalidHash\n");
    EXPECT_EQ(refusal(), "");
    commit("000002-b.sql", kFirst, kSecond, kText, "--! AllowInvalidHash\n");
    EXPECT_THAT(refusal(), HasSubstr("Hash for 000002-b.sql matches"));
}

TEST_F(GraphileMigratePending, IsRunWithTheSettingsOfItsFile) {
    first_is_applied();
    folder_.write("../.gmrc",
                  "{ pgSettings: { 'search_path': \"app, public\", work_mem: 4096 }, "
                  "beforeAllMigrations: [ 'roles.sql', ], }");
    EXPECT_THAT(pending().migrations[0].record_before,
                ElementsAre("SELECT pg_catalog.set_config('search_path', 'app, public', false)",
                            "SELECT pg_catalog.set_config('work_mem', '4096', false)"));
    EXPECT_THAT(warning(), HasSubstr("beforeAllMigrations and afterAllMigrations"));
    folder_.write("../.gmrc", "{ afterAllMigrations: [] }");
    EXPECT_EQ(warning(), "");
    folder_.write("../.gmrc", "module.exports = ");
    EXPECT_THAT(warning(), HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace rehearse::migrations
