#include "replay_fixture.hpp"

#include <gmock/gmock.h>

namespace rehearse::test {
namespace {

using observe::Evidence;
using observe::MigrationObservation;
using pg::LockMode;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ReplayAutocommit : public ReplayTest {
  protected:
    void SetUp() override {
        ReplayTest::SetUp();
        if (IsSkipped()) return;
        run_sql(
            "CREATE TABLE t(id int PRIMARY KEY, n int); INSERT INTO t SELECT i, i FROM "
            "generate_series(1, 1000) i");
    }
};

TEST_F(ReplayAutocommit, AMillisecondsLockIsExactAndItsCommitTimedApart) {
    const MigrationObservation seen = replay_file("ALTER TABLE t ADD COLUMN c int;\n");
    EXPECT_TRUE(seen.ran);
    EXPECT_EQ(seen.failure, std::nullopt);
    ASSERT_THAT(seen.statements, SizeIs(1));
    const auto& statement = seen.statements[0];
    EXPECT_TRUE(statement.wrapped);
    EXPECT_EQ(statement.evidence, Evidence::exact);
    EXPECT_EQ(statement.command_tag, "ALTER TABLE");
    EXPECT_EQ(statement.sql, "ALTER TABLE t ADD COLUMN c int");
    EXPECT_EQ(statement.ordinal, 1U);
    EXPECT_EQ(statement.repeated, 1U);
    EXPECT_EQ(statement.last_line, 1);
    ASSERT_TRUE(statement.commit_elapsed);
    EXPECT_EQ(seen.elapsed, statement.elapsed + *statement.commit_elapsed);
    ASSERT_THAT(seen.holds, SizeIs(1));
    EXPECT_EQ(seen.holds[0].mode, LockMode::access_exclusive);
    EXPECT_EQ(seen.holds[0].relation.text(), "t");
    EXPECT_EQ(seen.holds[0].evidence, Evidence::exact);
    EXPECT_EQ(seen.holds[0].acquired, Millis{0});
    EXPECT_EQ(seen.holds[0].released, seen.elapsed);
    EXPECT_EQ(seen.holds[0].acquired_by, 1U);
}

// What a statement before it does to the session may stand in the way of the performer's own
// reading.
TEST_F(ReplayAutocommit, LocksAreExactWhateverTheSessionWasToldBefore) {
    for (const std::string told : {"SELECT 1", "DEALLOCATE ALL", "DISCARD ALL",
                                   "SET statement_timeout = '900ms'", "SET search_path = ''"}) {
        const MigrationObservation seen = replay_file(
            "ALTER TABLE public.t ADD COLUMN a int;\n" + told +
            ";\nALTER TABLE public.t ADD COLUMN b int;\nCREATE INDEX b ON public.t(b);\n"
            "ALTER TABLE public.t RENAME b TO c;\nDROP INDEX public.b;\n"
            "ALTER TABLE public.t DROP COLUMN a, DROP COLUMN c;\n");
        EXPECT_EQ(seen.failure, std::nullopt) << told;
        std::vector<std::string> strong;
        for (const auto& hold : seen.holds) {
            EXPECT_EQ(hold.evidence, Evidence::exact) << told;
            if (hold.mode < LockMode::share) continue;
            strong.push_back(std::to_string(hold.acquired_by) + " " + hold.relation.text() +
                             (hold.new_relation ? " new" : ""));
        }
        EXPECT_THAT(strong, testing::UnorderedElementsAre("1 t", "3 t", "4 t", "4 b new", "5 t",
                                                          "6 t", "6 b", "7 t"))
            << told;
        EXPECT_THAT(seen.statements[3].index_builds, SizeIs(1)) << told;
    }
}

TEST_F(ReplayAutocommit, EachStatementsHoldEndsWithIt) {
    const MigrationObservation seen =
        replay_file("ALTER TABLE t ADD COLUMN c int;\nALTER TABLE t ADD COLUMN d int;\n");
    ASSERT_THAT(seen.holds, SizeIs(2));
    EXPECT_NE(seen.holds[0].virtualtransaction, seen.holds[1].virtualtransaction);
    EXPECT_LE(seen.holds[0].released, seen.holds[1].acquired);
    EXPECT_THAT(seen.holds[0].stretched_by, IsEmpty());
    EXPECT_EQ(seen.holds[1].acquired_by, 2U);
}

TEST_F(ReplayAutocommit, AFilesOwnTransactionHoldsUntilItsCommit) {
    const MigrationObservation seen = replay_file(
        "BEGIN;\nALTER TABLE t ADD COLUMN c int;\nUPDATE t SET c = n;\nSELECT "
        "pg_sleep(0.05);\nCOMMIT;\n");
    ASSERT_THAT(seen.statements, SizeIs(5));
    for (const auto& statement : seen.statements) {
        EXPECT_FALSE(statement.wrapped);
        EXPECT_EQ(statement.commit_elapsed, std::nullopt);
        EXPECT_EQ(statement.evidence, Evidence::exact);
    }
    EXPECT_EQ(seen.statements[2].rows, 1000);
    EXPECT_EQ(seen.statements[4].command_tag, "COMMIT");
    bool found = false;
    for (const auto& hold : seen.holds) {
        if (hold.mode != LockMode::access_exclusive) continue;
        found = true;
        EXPECT_EQ(hold.acquired_by, 2U);
        // Not before a poll that did not see it yet, where the server was slow to begin.
        const auto& taker = seen.statements[1];
        EXPECT_GE(hold.acquired, taker.started);
        EXPECT_LE(hold.acquired, taker.started + taker.elapsed);
        EXPECT_EQ(hold.released, seen.elapsed);
        EXPECT_THAT(hold.stretched_by, ElementsAre(3U, 4U));
        EXPECT_GE(hold.held(), Millis{50});
    }
    EXPECT_TRUE(found);
}

TEST_F(ReplayAutocommit, AConcurrentBuildIsSentBareAndSampled) {
    run_sql("INSERT INTO t SELECT i, i FROM generate_series(1001, 200000) i");
    const MigrationObservation seen = replay_file("CREATE INDEX CONCURRENTLY i ON t(n);\n");
    ASSERT_THAT(seen.statements, SizeIs(1));
    EXPECT_EQ(seen.failure, std::nullopt);
    EXPECT_FALSE(seen.statements[0].wrapped);
    EXPECT_EQ(seen.statements[0].evidence, Evidence::sampled);
    ASSERT_THAT(seen.statements[0].index_builds, SizeIs(1));
    EXPECT_EQ(seen.statements[0].index_builds[0].index.text(), "i");
    std::size_t table_holds = 0;
    for (const auto& hold : seen.holds) {
        EXPECT_EQ(hold.evidence, Evidence::sampled);
        if (hold.relation.text() == "t") {
            ++table_holds;
            EXPECT_EQ(hold.mode, LockMode::share_update_exclusive);
        }
        EXPECT_EQ(hold.new_relation, hold.relation.text() == "i");
    }
    EXPECT_GE(table_holds, 2U);  // one for each of its transactions
}

TEST_F(ReplayAutocommit, WhatTheTextDoesNotTellIsTriedWrappedAndThenBare) {
    // Refuses to run in a transaction block, as a statement of a later PostgreSQL might.
    const MigrationObservation seen = replay_file(
        "DO $$ BEGIN\n"
        "IF now() <> statement_timestamp() THEN RAISE SQLSTATE '25001'; END IF;\n"
        "INSERT INTO t VALUES (5000);\n"
        "END $$;\n");
    EXPECT_EQ(failure_of(seen), "");
    EXPECT_EQ(value_of("SELECT count(*) FROM t WHERE id = 5000"), "1");
    ASSERT_THAT(seen.statements, SizeIs(1));
    EXPECT_FALSE(seen.statements[0].wrapped);
    EXPECT_EQ(seen.statements[0].evidence, Evidence::sampled);
    EXPECT_EQ(seen.elapsed, seen.statements[0].elapsed);
    EXPECT_EQ(failure_of(replay_file("DO $$ BEGIN RAISE SQLSTATE '25001'; END $$;\n")), "25001");
}

// Whether they may stand in a transaction block depends on what they name.
TEST_F(ReplayAutocommit, ReindexClusterAndCallAreExactWhereTheyCanBe) {
    run_sql(R"(
        CREATE TABLE p(id int PRIMARY KEY) PARTITION BY RANGE (id);
        CREATE TABLE c PARTITION OF p FOR VALUES FROM (0) TO (9);
        CREATE PROCEDURE one() LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE t ADD a int; END $$;
        CREATE PROCEDURE two() LANGUAGE sql AS 'ALTER TABLE t ADD b int';
        CREATE PROCEDURE three() LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE t ADD d int; COMMIT; END $$;
        CREATE PROCEDURE four() LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'CAL' || 'L five()'; END $$;
        CREATE PROCEDURE five() LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE t ADD e int; COMMIT; END $$;
    )");
    // The server lets nothing commit that EXECUTE runs, in our block or in none.
    EXPECT_EQ(failure_of(replay_file("CALL four();\n")), "2D000");
    const struct {
        const char* sql;
        Evidence evidence;
    } cases[] = {{"REINDEX INDEX t_pkey", Evidence::exact},
                 {"REINDEX TABLE t", Evidence::exact},
                 {"CLUSTER t USING t_pkey", Evidence::exact},
                 {"REINDEX TABLE p", Evidence::sampled},
                 {"REINDEX INDEX p_pkey", Evidence::sampled},
                 {"REINDEX TABLE pg_class", Evidence::sampled},
                 {"CALL one()", Evidence::exact},
                 {"CALL two()", Evidence::exact},
                 {"CALL three()", Evidence::sampled},
                 {"CALL five()", Evidence::sampled}};
    for (const auto& [sql, evidence] : cases) {
        const MigrationObservation seen = replay_file(std::string{sql} + ";\n");
        EXPECT_EQ(failure_of(seen), "") << sql;
        ASSERT_THAT(seen.statements, SizeIs(1)) << sql;
        EXPECT_EQ(seen.statements[0].evidence, evidence) << sql;
        EXPECT_EQ(seen.statements[0].wrapped, evidence == Evidence::exact) << sql;
        if (evidence != Evidence::exact) continue;
        for (const auto& hold : seen.holds) EXPECT_EQ(hold.evidence, Evidence::exact) << sql;
    }
    EXPECT_EQ(value_of("SELECT count(*) FROM pg_attribute WHERE attrelid = 't'::regclass AND "
                       "attname IN ('a', 'b', 'd', 'e')"),
              "4");
}

TEST_F(ReplayAutocommit, WrappingDoesNotMakeAStatementSucceed) {
    for (const char* sql :
         {"LOCK TABLE t IN SHARE MODE", "DECLARE c CURSOR FOR SELECT 1", "SAVEPOINT s"}) {
        EXPECT_EQ(failure_of(replay_file(std::string{sql} + ";\n")), "25P01") << sql;
    }
}

TEST_F(ReplayAutocommit, AFailureStopsAndTellsWhereAndWhatIsLeft) {
    add_migration(
        "ALTER TABLE t ADD COLUMN c int;\nSET lock_timeout = '5s';\nSELECT 'ä',\n  nope FROM "
        "t;\nDROP TABLE t;\n");
    add_migration("DROP TABLE t;\n");
    const replay::Observations all = replay_all();
    ASSERT_THAT(all.migrations, SizeIs(2));
    const MigrationObservation& failed = all.migrations[0];
    ASSERT_TRUE(failed.failure);
    EXPECT_EQ(failed.failure->error.sqlstate.code, "42703");
    EXPECT_EQ(failed.failure->ordinal, 3U);
    EXPECT_EQ(failed.failure->position.line, 4);
    EXPECT_EQ(failed.failure->position.column, 3);
    EXPECT_THAT(failed.failure->left_behind,
                ElementsAre("1 earlier statement, which stays committed"));
    ASSERT_THAT(failed.statements, SizeIs(3));
    EXPECT_TRUE(failed.statements[2].error);
    EXPECT_EQ(failed.statements[1].evidence, Evidence::text);
    EXPECT_FALSE(all.migrations[1].ran);
    EXPECT_EQ(value_of("SELECT count(*) FROM t"), "1000");
    EXPECT_THAT(listener_.told,
                ElementsAre("begins 1 of 2 1", "1 of 4 ALTER TABLE t ADD COLUMN c int",
                            "2 of 4 SET lock_timeout = '5s'", "3 of 4 SELECT 'ä',\n  nope FROM t",
                            "ended 1 failed"));
}

TEST_F(ReplayAutocommit, AFailedConcurrentBuildLeavesAnInvalidIndex) {
    run_sql("UPDATE t SET n = 1");
    const MigrationObservation seen = replay_file("CREATE UNIQUE INDEX CONCURRENTLY u ON t(n);\n");
    ASSERT_TRUE(seen.failure);
    EXPECT_EQ(seen.failure->error.sqlstate.code, "23505");
    EXPECT_THAT(seen.failure->left_behind, ElementsAre("INVALID index u"));
}

TEST_F(ReplayAutocommit, ADeferredConstraintFailsItsStatement) {
    run_sql("CREATE TABLE c(t int REFERENCES t DEFERRABLE INITIALLY DEFERRED)");
    const MigrationObservation seen =
        replay_file("INSERT INTO c VALUES (1);\nINSERT INTO c VALUES (-1);\n");
    EXPECT_EQ(failure_of(seen), "23503");
    EXPECT_EQ(seen.failure->ordinal, 2U);
    EXPECT_EQ(value_of("SELECT count(*) FROM c"), "1");
}

TEST_F(ReplayAutocommit, CopyDataIsStreamedFromTheFile) {
    const MigrationObservation seen = replay_file(
        "CREATE TABLE c(i int, v text);\nCOPY c FROM STDIN;\n1\tone\n2\t\\N\n\\.\nSELECT 1;\n"
        "BEGIN;\nCOPY c FROM STDIN (FORMAT csv);\n3,three\n\\.\nCOMMIT;\n");
    EXPECT_EQ(failure_of(seen), "");
    ASSERT_THAT(seen.statements, SizeIs(6));
    EXPECT_EQ(seen.statements[1].command_tag, "COPY 2");
    EXPECT_EQ(seen.statements[1].evidence, Evidence::exact);
    EXPECT_EQ(value_of("SELECT string_agg(i || coalesce(v, '-'), ',' ORDER BY i) FROM c"),
              "1one,2-,3three");

    const MigrationObservation bad = replay_file("COPY c FROM STDIN;\n1\tone\nx\ty\n\\.\n");
    EXPECT_EQ(failure_of(bad), "22P02");
    EXPECT_THAT(bad.failure->error.context, HasSubstr("line 2"));
}

TEST_F(ReplayAutocommit, NoticesStayWithTheirStatement) {
    const MigrationObservation seen = replay_file(
        "DROP TABLE IF EXISTS nothing;\nDO $$ BEGIN RAISE WARNING 'careful'; END $$;\n");
    ASSERT_THAT(seen.statements, SizeIs(2));
    ASSERT_THAT(seen.statements[0].notices, SizeIs(1));
    EXPECT_THAT(seen.statements[0].notices[0].message, HasSubstr("does not exist, skipping"));
    ASSERT_THAT(seen.statements[1].notices, SizeIs(1));
    EXPECT_EQ(seen.statements[1].notices[0].severity, "WARNING");
}

TEST_F(ReplayAutocommit, AFileThatForgetsItsCommitIsRolledBackAsPsqlDoes) {
    const MigrationObservation seen = replay_file("BEGIN;\nDROP TABLE t;\n");
    EXPECT_EQ(failure_of(seen), "");
    EXPECT_EQ(value_of("SELECT count(*) FROM t"), "1000");
    EXPECT_THAT(seen.statements[1].notices, SizeIs(1));
    EXPECT_EQ(seen.holds.empty(), false);
}

TEST_F(ReplayAutocommit, EachFileHasASessionOfItsOwn) {
    add_migration("SET search_path = pg_catalog;\nCREATE TEMPORARY TABLE mine(i int);\n");
    add_migration("CREATE TABLE here(i int);\nDROP TABLE IF EXISTS mine;\n");
    const replay::Observations all = replay_all();
    EXPECT_EQ(failure_of(all.migrations[1]), "");
    EXPECT_EQ(value_of("SELECT to_regclass('public.here')"), "here");
    EXPECT_THAT(all.migrations[1].statements[1].notices, SizeIs(1));
}

TEST_F(ReplayAutocommit, WithoutObserversTheFileRunsAsItIs) {
    replay::ReplayOptions options;
    options.observe = false;
    const MigrationObservation seen = replay_file(
        "ALTER TABLE t ADD COLUMN c int;\nBEGIN;\nINSERT INTO t VALUES (-1);\nCOMMIT;\n"
        "CREATE INDEX CONCURRENTLY i ON t(n);\n",
        Mode::autocommit, options);
    EXPECT_EQ(failure_of(seen), "");
    EXPECT_THAT(seen.holds, IsEmpty());
    for (const auto& statement : seen.statements) {
        EXPECT_FALSE(statement.wrapped);
        EXPECT_EQ(statement.evidence, Evidence::none);
        EXPECT_EQ(statement.wal_bytes, std::nullopt);
    }
    EXPECT_EQ(value_of("SELECT count(*) FROM t"), "1001");
}

TEST_F(ReplayAutocommit, RewritesAndWalAreTold) {
    const MigrationObservation seen = replay_file("ALTER TABLE t ALTER n TYPE bigint;\n");
    ASSERT_THAT(seen.statements[0].rewrites, SizeIs(1));
    EXPECT_EQ(seen.statements[0].rewrites[0].relation.text(), "t");
    EXPECT_GT(seen.statements[0].rewrites[0].bytes_before, 8192);
    EXPECT_GT(seen.statements[0].wal_bytes.value_or(0), 10'000);
}

}  // namespace
}  // namespace rehearse::test
