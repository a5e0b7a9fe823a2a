#include "rehearse/observe/witness.hpp"
#include "rehearse/pg/performer_session.hpp"
#include "rehearse/sql/script.hpp"

#include "support/local_postgres.hpp"

#include <gmock/gmock.h>

#include <map>

namespace rehearse::test {
namespace {

using observe::Evidence;
using observe::FinishedStatement;
using observe::LockHold;
using observe::StatementReading;
using pg::LockMode;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class Witness : public PostgresTest {
  protected:
    void SetUp() override {
        PostgresTest::SetUp();
        if (IsSkipped()) return;
        run_sql(
            "CREATE TABLE r(id int PRIMARY KEY);"
            "CREATE TABLE t(id int PRIMARY KEY, n int, v varchar(50), ref int);"
            "CREATE INDEX t_v ON t(v);"
            "INSERT INTO t SELECT i, i, 'v' || i FROM generate_series(1, 5000) i;"
            "VACUUM ANALYZE");
        performer_.emplace(where());
        witness_.emplace(where());
        witness_->watch(*performer_);
        witness_->migration_begins();
    }

    // One statement inside the open transaction, as the replay runs it.
    StatementReading run(const std::string& sql, bool must_read = false) {
        const sql::Classification classification = sql::classify(sql);
        witness_->before_statement(classification, clock_);
        const Millis started = clock_;
        const pg::ExecuteResult result = performer_->execute(sql);
        EXPECT_EQ(result.error, std::nullopt)
            << sql << ": " << (result.error ? result.error->message : "");
        clock_ += result.elapsed;
        return witness_->after_statement({++ordinal_, classification, sql, started, clock_},
                                         must_read);
    }
    void begin() { performer_->execute("BEGIN"); }
    void end(const std::string& how = "COMMIT", bool keep_weak = true) {
        if (performer_->transaction_state() == pg::TransactionState::in_transaction)
            witness_->before_end(clock_);
        clock_ += performer_->execute(how).elapsed;
        witness_->transaction_ended(clock_, {}, keep_weak);
    }
    // The strongest mode of each table that was held.
    std::map<std::string, LockMode> strongest_locks() {
        std::map<std::string, LockMode> strongest;
        for (const LockHold& hold : witness_->take_holds()) {
            if (hold.relkind == 'i') continue;
            auto [entry, added] = strongest.try_emplace(hold.relation.text(), hold.mode);
            if (!added) entry->second = std::max(entry->second, hold.mode);
        }
        return strongest;
    }

    std::optional<pg::PerformerSession> performer_;
    std::optional<observe::Witness> witness_;
    Millis clock_{};
    std::size_t ordinal_ = 0;
};

TEST_F(Witness, AddColumnOfAMillisecondIsAnExactAccessExclusiveLock) {
    begin();
    const StatementReading reading = run("ALTER TABLE t ADD COLUMN c int", true);
    EXPECT_EQ(reading.evidence, Evidence::exact);
    EXPECT_TRUE(reading.took_blocking_lock);
    EXPECT_GT(reading.wal_bytes.value_or(0), 0);
    EXPECT_LT(reading.wal_bytes.value_or(0), 100'000);
    EXPECT_THAT(reading.rewrites, IsEmpty());
    end();
    const std::vector<LockHold> holds = witness_->take_holds();
    ASSERT_THAT(holds, SizeIs(1));
    EXPECT_EQ(holds[0].relation, (pg::RelationName{"public", "t"}));
    EXPECT_EQ(holds[0].relkind, 'r');
    EXPECT_EQ(holds[0].mode, LockMode::access_exclusive);
    EXPECT_EQ(holds[0].evidence, Evidence::exact);
    EXPECT_EQ(holds[0].acquired, Millis{0});
    EXPECT_EQ(holds[0].released, clock_);
    EXPECT_FALSE(holds[0].new_relation);
    EXPECT_EQ(holds[0].acquired_by, 1U);
    EXPECT_FALSE(holds[0].virtualtransaction.empty());
}

TEST_F(Witness, KnowsWhatStatementsDo) {
    const struct {
        const char* sql;
        std::map<std::string, LockMode> locks;
        std::vector<std::string> rewrites;
        std::vector<std::string> index_builds;
    } cases[] = {
        {"ALTER TABLE t ADD COLUMN c int DEFAULT 7", {{"t", LockMode::access_exclusive}}, {}, {}},
        {"ALTER TABLE t ADD COLUMN c uuid DEFAULT gen_random_uuid()",
         {{"t", LockMode::access_exclusive}},
         {"t"},
         {}},
        {"ALTER TABLE t ALTER n TYPE bigint", {{"t", LockMode::access_exclusive}}, {"t"}, {}},
        {"ALTER TABLE t ALTER v TYPE text", {{"t", LockMode::access_exclusive}}, {}, {}},
        {"ALTER TABLE t ADD UNIQUE (n)", {{"t", LockMode::access_exclusive}}, {}, {"t_n_key"}},
        {"ALTER TABLE t ALTER n SET NOT NULL", {{"t", LockMode::access_exclusive}}, {}, {}},
        {"ALTER TABLE t ADD FOREIGN KEY (ref) REFERENCES r",
         {{"r", LockMode::share_row_exclusive}, {"t", LockMode::share_row_exclusive}},
         {},
         {}},
        {"ALTER TABLE t SET UNLOGGED", {{"t", LockMode::access_exclusive}}, {"t"}, {}},
        {"CREATE INDEX i ON t(n)", {{"t", LockMode::share}}, {}, {"i"}},
        {"REINDEX INDEX t_v", {{"t", LockMode::share}}, {}, {"t_v"}},
        {"DROP INDEX t_v", {{"t", LockMode::access_exclusive}}, {}, {}},
        {"CLUSTER t USING t_v", {{"t", LockMode::access_exclusive}}, {"t"}, {}},
        {"TRUNCATE t", {{"t", LockMode::access_exclusive}}, {}, {}},
        {"DO 'BEGIN TRUNCATE t; END'", {{"t", LockMode::access_exclusive}}, {}, {}},
        {"DO 'BEGIN ALTER TABLE t ALTER n TYPE bigint; END'",
         {{"t", LockMode::access_exclusive}},
         {"t"},
         {}},
        {"ALTER TABLE t RENAME TO t2", {{"t", LockMode::access_exclusive}}, {}, {}},
        {"DROP TABLE t", {{"t", LockMode::access_exclusive}}, {}, {}},
        {"LOCK TABLE t IN SHARE MODE", {{"t", LockMode::share}}, {}, {}},
        {"COMMENT ON COLUMN t.n IS 'x'", {{"t", LockMode::share_update_exclusive}}, {}, {}},
        {"UPDATE t SET n = n + 1", {{"t", LockMode::row_exclusive}}, {}, {}},
        {"SELECT count(*) FROM t", {{"t", LockMode::access_share}}, {}, {}},
    };
    for (const auto& each : cases) {
        begin();
        const StatementReading reading = run(each.sql, true);
        end("ROLLBACK");
        EXPECT_EQ(strongest_locks(), each.locks) << each.sql;
        std::vector<std::string> rewrites;
        for (const auto& rewrite : reading.rewrites) {
            rewrites.push_back(rewrite.relation.text());
            EXPECT_GT(rewrite.bytes_before, 100'000) << each.sql;
            EXPECT_GT(rewrite.bytes_after, 100'000) << each.sql;
        }
        EXPECT_EQ(rewrites, each.rewrites) << each.sql;
        std::vector<std::string> builds;
        for (const auto& build : reading.index_builds) {
            builds.push_back(build.index.text());
            EXPECT_EQ(build.relation.text(), "t") << each.sql;
            EXPECT_TRUE(build.valid);
            EXPECT_GT(build.elapsed, Millis{0});
        }
        EXPECT_EQ(builds, each.index_builds) << each.sql;
    }
}

TEST_F(Witness, ARelationOfTheSameTransactionIsNew) {
    begin();
    run("CREATE SCHEMA s");
    run("CREATE TABLE s.fresh(id int PRIMARY KEY, t int REFERENCES t, n int)");
    const StatementReading altered = run("ALTER TABLE s.fresh ALTER n TYPE bigint");
    EXPECT_FALSE(altered.took_blocking_lock);
    EXPECT_THAT(altered.rewrites, IsEmpty());
    end();
    bool seen = false;
    for (const LockHold& hold : witness_->take_holds()) {
        if (hold.relation.schema == "s") {
            seen = true;
            EXPECT_TRUE(hold.new_relation) << hold.relation.text();
        }
        if (hold.relation.name == "t" && hold.mode == LockMode::share_row_exclusive) {
            EXPECT_FALSE(hold.new_relation);
            EXPECT_EQ(hold.acquired_by, 2U);
        }
    }
    EXPECT_TRUE(seen);

    // Once committed it is as old as any other.
    begin();
    run("ALTER TABLE s.fresh ADD COLUMN c int", true);
    end();
    const auto holds = witness_->take_holds();
    ASSERT_THAT(holds, SizeIs(1));
    EXPECT_FALSE(holds[0].new_relation);
}

TEST_F(Witness, WhatATransactionChangedIsAskedForAgain) {
    begin();
    run("ALTER TABLE t RENAME TO u", true);
    end();
    EXPECT_EQ(witness_->take_holds().at(0).relation.text(), "t");  // as others knew it
    begin();
    EXPECT_THAT(run("ALTER TABLE u ALTER n TYPE bigint", true).rewrites, SizeIs(1));
    end();
    EXPECT_EQ(strongest_locks(),
              (std::map<std::string, LockMode>{{"u", LockMode::access_exclusive}}));
    begin();
    EXPECT_THAT(run("CLUSTER u USING t_v; CLUSTER u USING t_pkey", true).rewrites, SizeIs(1));
    EXPECT_THAT(run("REINDEX TABLE u", true).rewrites, IsEmpty());
    end();
}

TEST_F(Witness, TemporaryTablesBlockNobody) {
    performer_->execute("CREATE TEMPORARY TABLE mine(i int)");
    begin();
    run("ALTER TABLE mine ADD COLUMN c int", true);
    end();
    const auto holds = witness_->take_holds();
    ASSERT_THAT(holds, SizeIs(1));
    EXPECT_TRUE(holds[0].new_relation);
}

TEST_F(Witness, RowStatementsAreReadTogetherAndPutDownToTheFirstThatNamesTheTable) {
    begin();
    EXPECT_EQ(run("INSERT INTO r VALUES (1)").wal_bytes, std::nullopt);
    run("INSERT INTO t VALUES (6000)");
    run("INSERT INTO t VALUES (6001)");
    run("ALTER TABLE r ADD COLUMN c int");
    end();
    std::map<std::pair<std::string, LockMode>, std::size_t> taken_by;
    for (const LockHold& hold : witness_->take_holds()) {
        EXPECT_EQ(hold.evidence, Evidence::exact);
        if (hold.relkind == 'r') taken_by[{hold.relation.text(), hold.mode}] = hold.acquired_by;
    }
    EXPECT_THAT(taken_by, UnorderedElementsAre(Pair(Pair("r", LockMode::row_exclusive), 1U),
                                               Pair(Pair("t", LockMode::row_exclusive), 2U),
                                               Pair(Pair("r", LockMode::access_exclusive), 4U)));
}

TEST_F(Witness, WhatATriggerTakesIsSeenBeforeCommit) {
    run_sql(
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN LOCK TABLE r IN EXCLUSIVE MODE; RETURN NEW; END';"
        "CREATE TRIGGER f BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()");
    begin();
    run("INSERT INTO t VALUES (6000)");
    end();
    EXPECT_EQ(strongest_locks(), (std::map<std::string, LockMode>{{"r", LockMode::exclusive},
                                                                  {"t", LockMode::row_exclusive}}));
}

TEST_F(Witness, AHoldNamesTheStatementsThatStretchedIt) {
    begin();
    run("ALTER TABLE t ADD COLUMN c int");
    run("UPDATE r SET id = 1");
    run("CREATE TABLE x(i int)");
    end();
    for (const LockHold& hold : witness_->take_holds()) {
        if (hold.mode != LockMode::access_exclusive || hold.new_relation) continue;
        EXPECT_THAT(hold.stretched_by, UnorderedElementsAre(2U, 3U));
        EXPECT_EQ(hold.released, clock_);
    }
}

TEST_F(Witness, RollbackToSavepointLetsGo) {
    begin();
    run("SAVEPOINT s");
    run("ALTER TABLE t ADD COLUMN c int");
    run("ROLLBACK TO SAVEPOINT s");
    const Millis let_go = clock_;
    run("UPDATE r SET id = 1");
    end();
    bool seen = false;
    for (const LockHold& hold : witness_->take_holds()) {
        if (hold.mode != LockMode::access_exclusive) continue;
        seen = true;
        EXPECT_EQ(hold.released, let_go);
        EXPECT_EQ(hold.acquired_by, 2U);
    }
    EXPECT_TRUE(seen);
}

TEST_F(Witness, AFailureLeavesWhatWasPutOffUnread) {
    begin();
    run("ALTER TABLE t ADD COLUMN c int");
    run("INSERT INTO r VALUES (1)");
    EXPECT_TRUE(performer_->execute("INSERT INTO r VALUES (1)").error);
    end("ROLLBACK");
    EXPECT_EQ(witness_->first_unread(), 2U);
    EXPECT_EQ(strongest_locks(),
              (std::map<std::string, LockMode>{{"t", LockMode::access_exclusive}}));

    begin();
    run("SELECT 1");
    end();
    EXPECT_EQ(witness_->first_unread(), std::nullopt);
}

TEST_F(Witness, ConnectsAgainAndReadsWhatIsStillHeld) {
    begin();
    value_of(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = "
        "'rehearse witness' AND datname = current_database()");
    EXPECT_EQ(run("ALTER TABLE t ADD COLUMN c int", true).evidence, Evidence::exact);
    end();
    EXPECT_EQ(strongest_locks(),
              (std::map<std::string, LockMode>{{"t", LockMode::access_exclusive}}));
}

TEST_F(Witness, WeakHoldsCanBeLeftOut) {
    begin();
    run("INSERT INTO r VALUES (1)");
    run("LOCK TABLE t IN SHARE MODE");
    end("COMMIT", false);
    EXPECT_EQ(strongest_locks(), (std::map<std::string, LockMode>{{"t", LockMode::share}}));
}

TEST_F(Witness, AStatementThatMustComeFirstInItsTransactionStillDoes) {
    begin();
    run("SET LOCAL lock_timeout = '5s'");
    run("LOCK TABLE t IN SHARE MODE");
    run("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
    run("SELECT 1");
    end();
}

TEST_F(Witness, StatementsOutsideATransactionAreComparedBeforeAndAfter) {
    const auto run_bare = [this](const std::string& sql) {
        const sql::Classification classification = sql::classify(sql);
        witness_->before_bare(classification);
        const Millis started = clock_;
        const pg::ExecuteResult result = performer_->execute(sql);
        clock_ += result.elapsed;
        return witness_->after_bare({++ordinal_, classification, sql, started, clock_}, {});
    };
    const StatementReading built = run_bare("CREATE INDEX CONCURRENTLY i ON t(n)");
    EXPECT_EQ(built.evidence, Evidence::sampled);
    ASSERT_THAT(built.index_builds, SizeIs(1));
    EXPECT_EQ(built.index_builds[0].index.text(), "i");
    EXPECT_EQ(built.index_builds[0].relation.text(), "t");
    EXPECT_TRUE(built.index_builds[0].valid);
    EXPECT_GT(built.wal_bytes.value_or(0), 10'000);
    EXPECT_THAT(built.left_invalid, IsEmpty());

    const StatementReading full = run_bare("VACUUM FULL t");
    ASSERT_THAT(full.rewrites, SizeIs(1));
    EXPECT_GT(full.rewrites[0].bytes_before, 100'000);
    EXPECT_THAT(full.index_builds, IsEmpty());

    run_sql("INSERT INTO r VALUES (1); UPDATE t SET ref = 1");
    const StatementReading failed = run_bare("CREATE UNIQUE INDEX CONCURRENTLY u ON t(ref)");
    EXPECT_THAT(failed.left_invalid, ElementsAre(pg::RelationName{"public", "u"}));
    EXPECT_THAT(run_bare("DROP INDEX CONCURRENTLY u").left_invalid, IsEmpty());
}

TEST_F(Witness, ReadingsOfManyNewTablesStayCheap) {
    begin();
    Millis readings{};
    constexpr int kTables = 400;
    for (int i = 0; i < kTables; ++i) {
        const std::string sql =
            "CREATE TABLE n" + std::to_string(i) + "(id int PRIMARY KEY, v text)";
        const auto before = Clock::now();
        const Millis clock = clock_;
        run(sql);
        readings += (Clock::now() - before) - (clock_ - clock);
    }
    end();
    int new_tables = 0;
    for (const LockHold& hold : witness_->take_holds()) {
        if (hold.mode != LockMode::access_exclusive || hold.relkind != 'r') continue;
        ++new_tables;
        EXPECT_TRUE(hold.new_relation);
        EXPECT_EQ(hold.relation.name, "n" + std::to_string(hold.acquired_by - 1));
    }
    EXPECT_EQ(new_tables, kTables);
    RecordProperty("reading_ms_per_table", std::to_string(readings.count() / kTables));
}

}  // namespace
}  // namespace rehearse::test
