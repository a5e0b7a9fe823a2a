#include "history_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Severity = SourceFinding::Severity;

class GooseHistory : public HistoryFixture {
  protected:
    GooseHistory() : HistoryFixture("goose") {
        folder_.write("00001_a.sql", "-- +goose Up\nSELECT 1;\n");
        folder_.write("00002_b.sql", "-- +goose Up\n-- +goose NO TRANSACTION\nSELECT 2;\n");
        folder_.write("10_c.sql", "-- +goose Up\nSELECT 10;\n");
    }
    void make_history(const std::string& rows) const {
        run_sql(
            "CREATE TABLE users (id int); CREATE TABLE goose_db_version (id serial PRIMARY KEY, "
            "version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp timestamp DEFAULT "
            "now()); INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true)" +
            rows);
    }
};

TEST_F(GooseHistory, LeavesWhatIsAboveTheHighestPending) {
    make_history(", (1, true), (7, true)");
    EXPECT_EQ(refusal(),
              "missing migrations before the current version 7: 00002_b.sql; goose up "
              "stops there");
    run_sql("UPDATE goose_db_version SET version_id = 2 WHERE version_id = 7");
    EXPECT_THAT(pending_versions(), ElementsAre("10"));
    EXPECT_EQ(pending().applied, 2U);
    EXPECT_THAT(pending().seen, HasSubstr("goose_db_version at version 2"));
}

TEST_F(GooseHistory, RunsOlderOnesWhereGooseIsToldTo) {
    make_history(", (1, true), (7, true)");
    options_.variables["goose.allow-missing"] = "true";
    EXPECT_THAT(pending_versions(), ElementsAre("00002", "10"));
    EXPECT_THAT(found(Severity::note), ElementsAre(HasSubstr("applied and not in the folder: 7")));
}

TEST_F(GooseHistory, CountsARowThatAnOldGooseWroteWhenItRolledBack) {
    make_history(", (1, true), (2, false)");
    EXPECT_THAT(pending_versions(), ElementsAre("10"));
}

TEST_F(GooseHistory, IsWrittenAsTheToolWritesIt) {
    make_history(", (1, true)");
    const auto all = pending().migrations;
    ASSERT_EQ(all.size(), 2U);
    EXPECT_THAT(all[0].record_within, IsEmpty());  // without a transaction of goose's
    EXPECT_THAT(all[1].record_after, IsEmpty());
    record_pending();
    EXPECT_EQ(rows("version_id, is_applied", "goose_db_version"), "(0,t) (1,t) (10,t) (2,t)");
    EXPECT_THAT(pending().migrations, IsEmpty());
}

TEST_F(GooseHistory, IsMadeInAnEmptyDatabase) {
    EXPECT_THAT(pending_versions(), ElementsAre("00001", "00002", "10"));
    record_pending();
    EXPECT_EQ(rows("id, version_id, is_applied", "public.goose_db_version"),
              "(1,0,t) (2,1,t) (3,2,t) (4,10,t)");
    EXPECT_THAT(pending().migrations, IsEmpty());
}

TEST_F(GooseHistory, TellsOfAMigrationInGoAndOfNames) {
    make_history(", (1, true), (2, true)");
    folder_.write_all({"11_d.go", "12_e_test.go", "fix.sql"});
    EXPECT_THAT(pending_versions(), ElementsAre("10"));
    EXPECT_THAT(found(Severity::warning),
                ElementsAre(HasSubstr("by their names: fix.sql"),
                            HasSubstr("11_d.go is written in Go: it is pending")));
    run_sql("INSERT INTO goose_db_version (version_id, is_applied) VALUES (10, true), (11, true)");
    EXPECT_THAT(found(Severity::warning), ElementsAre(HasSubstr("fix.sql")));
}

TEST_F(GooseHistory, IsMissedWhereThereAreTables) {
    run_sql("CREATE TABLE users (id int)");
    EXPECT_THAT(refusal(), HasSubstr("no history of goose"));
    options_.pending_from = "2";
    EXPECT_THAT(pending_versions(), ElementsAre("00002", "10"));
}

}  // namespace
}  // namespace rehearse::migrations
