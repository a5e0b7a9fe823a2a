#include "replay_fixture.hpp"

#include <gmock/gmock.h>

namespace rehearse::test {
namespace {

using observe::Evidence;
using observe::LockHold;
using observe::MigrationObservation;
using pg::LockMode;
using testing::HasSubstr;

// What can be relied on when there is very much to see, or when somebody shuts our eyes.
class ReplayEvidence : public ReplayTest {
  protected:
    static std::size_t count(const MigrationObservation& seen, LockMode mode, Evidence evidence) {
        return static_cast<std::size_t>(
            std::count_if(seen.holds.begin(), seen.holds.end(), [&](const LockHold& hold) {
                return hold.mode == mode && hold.evidence == evidence && !hold.new_relation;
            }));
    }
};

TEST_F(ReplayEvidence, TenThousandLocksOfOneTransactionAreAllTold) {
    // More tables in one transaction than there is room for locks.
    run_sql(
        "DO $$ BEGIN FOR i IN 1..5000 LOOP EXECUTE 'CREATE TABLE t' || i || '()'; "
        "IF i % 1000 = 0 THEN COMMIT; END IF; END LOOP; END $$");
    const MigrationObservation seen = replay_file(
        "BEGIN;\n"
        "DO $$ BEGIN FOR i IN 1..5000 LOOP EXECUTE 'LOCK TABLE t' || i || ' IN SHARE MODE'; "
        "END LOOP; END $$;\n"
        "DO $$ BEGIN FOR i IN 1..5000 LOOP EXECUTE 'LOCK TABLE t' || i; END LOOP; END $$;\n"
        "COMMIT;\n");
    EXPECT_EQ(failure_of(seen), "");
    EXPECT_EQ(count(seen, LockMode::share, Evidence::exact), 5000U);
    EXPECT_EQ(count(seen, LockMode::access_exclusive, Evidence::exact), 5000U);
    for (const LockHold& hold : seen.holds) {
        EXPECT_EQ(hold.acquired_by, hold.mode == LockMode::share ? 2U : 3U);
        EXPECT_EQ(hold.released, seen.elapsed);
    }
}

// The statement runs for a while before it locks the table, for a moment.
TEST_F(ReplayEvidence, ALockAtTheEndOfALongStatementIsNotDatedToItsStart) {
    run_sql("CREATE TABLE t(id int)");
    for (const char* text : {
             "DO $$ BEGIN PERFORM pg_sleep(0.5); ALTER TABLE t ADD a int; END $$;\n",
             "BEGIN;\nDO $$ BEGIN PERFORM pg_sleep(0.5); ALTER TABLE t ADD b int; END "
             "$$;\nCOMMIT;\n",
         }) {
        const MigrationObservation seen = replay_file(text);
        const auto hold = std::find_if(seen.holds.begin(), seen.holds.end(), [](const auto& each) {
            return each.mode == pg::LockMode::access_exclusive;
        });
        ASSERT_NE(hold, seen.holds.end()) << text;
        EXPECT_EQ(hold->evidence, observe::Evidence::exact);
        EXPECT_GT(hold->acquired, Millis{400}) << text;
    }
}

TEST_F(ReplayEvidence, WatchersThatLoseTheirConnectionsMissNothingThatIsExact) {
    run_sql("CREATE TABLE t(n int); INSERT INTO t SELECT generate_series(1, 1000)");
    const std::string blind =
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name IN "
        "('rehearse witness', 'rehearse sampler') AND datname = current_database();\n";
    const MigrationObservation seen = replay_file("ALTER TABLE t ADD COLUMN a int;\n" + blind +
                                                  "ALTER TABLE t ADD COLUMN b int;\n"
                                                  "BEGIN;\nALTER TABLE t ADD COLUMN c int;\n" +
                                                  blind + "UPDATE t SET a = 1;\nCOMMIT;\n" + blind +
                                                  "CREATE INDEX CONCURRENTLY i ON t(n);\n");
    EXPECT_EQ(failure_of(seen), "");
    EXPECT_EQ(count(seen, LockMode::access_exclusive, Evidence::exact), 3U);
    EXPECT_EQ(seen.changes.size(), 4U);
    EXPECT_EQ(seen.statements.back().evidence, Evidence::sampled);
    EXPECT_EQ(seen.statements.back().index_builds.size(), 1U);
}

TEST_F(ReplayEvidence, AServerOutOfLocksFailsTheMigrationAndSaysWhichSettingIsTooSmall) {
    const MigrationObservation seen = replay_file(
        "DO $$ BEGIN FOR i IN 1..1000000 LOOP EXECUTE 'CREATE TABLE t' || i || '()'; END LOOP; "
        "END $$;\nSELECT 1;\n");
    EXPECT_EQ(failure_of(seen), "53200");
    ASSERT_TRUE(seen.failure);
    EXPECT_THAT(seen.failure->error.hint, HasSubstr("max_locks_per_transaction"));
    EXPECT_EQ(seen.statements.size(), 1U);
    EXPECT_EQ(value_of("SELECT to_regclass('t1') IS NULL"), "t");
}

}  // namespace
}  // namespace rehearse::test
