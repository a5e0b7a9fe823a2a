#include "history_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Severity = SourceFinding::Severity;

class SqlMigrateHistory : public HistoryFixture {
  protected:
    SqlMigrateHistory() : HistoryFixture("sql-migrate") {
        folder_.write("1_a.sql", "-- +migrate Up\nSELECT 1;\n");
        folder_.write("2_b.sql", "-- +migrate Up notransaction\nSELECT 2;\n");
        folder_.write("10_c.sql", "-- +migrate Up\nSELECT 3;\n");
    }
    void make_history(const std::string& rows) const {
        run_sql(
            "CREATE TABLE users (id int); CREATE TABLE gorp_migrations (id text PRIMARY KEY, "
            "applied_at timestamptz); INSERT INTO gorp_migrations VALUES " +
            rows);
    }
};

TEST_F(SqlMigrateHistory, CatchesUpWithOlderOnesFirst) {
    make_history("('1_a.sql')");
    EXPECT_THAT(pending_versions(), ElementsAre("2", "10"));
    EXPECT_THAT(found(Severity::note), IsEmpty());
    run_sql("UPDATE gorp_migrations SET id = '2_b.sql'");
    EXPECT_THAT(pending_versions(), ElementsAre("1", "10"));
    EXPECT_THAT(found(Severity::note), ElementsAre(HasSubstr("1_a.sql is older than 2")));
}

TEST_F(SqlMigrateHistory, RefusesAnUnknownOne) {
    make_history("('1_a.sql'), ('1_gone.sql')");
    EXPECT_THAT(refusal(), HasSubstr("unknown migration in database: 1_gone.sql"));
    options_.variables["sql-migrate.ignore-unknown"] = "true";
    EXPECT_THAT(pending_versions(), ElementsAre("2", "10"));
}

TEST_F(SqlMigrateHistory, IsWrittenAsTheToolWritesIt) {
    const auto all = pending().migrations;
    ASSERT_EQ(all.size(), 3U);
    EXPECT_THAT(all[0].record_after, IsEmpty());
    EXPECT_THAT(all[1].record_within, IsEmpty());
    record_pending();
    EXPECT_EQ(rows("id, applied_at IS NOT NULL", "gorp_migrations"),
              "(10_c.sql,t) (1_a.sql,t) (2_b.sql,t)");
    EXPECT_THAT(pending().migrations, IsEmpty());
}

TEST_F(SqlMigrateHistory, IsTheTableThatDbconfigNames) {
    folder_.write("../dbconfig.yml", "production:\n  dialect: postgres\n  table: done\n");
    record_pending();
    EXPECT_EQ(value_of("SELECT count(*) FROM public.done"), "3");
    EXPECT_THAT(pending().migrations, IsEmpty());
}

}  // namespace
}  // namespace rehearse::migrations
