#include "rehearse/rules/rule.hpp"

#include "support/observed.hpp"

#include <gtest/gtest.h>

#include <algorithm>

// Where a rule's severity changes, and where it has nothing to say.
namespace rehearse::rules {
namespace {

using observe::Evidence;
using observe::MigrationObservation;
using pg::LockMode;

std::optional<Finding> finding(const std::string& rule, const MigrationObservation& observed) {
    const auto planned = test::planned("1", "x");
    const auto all = findings_of({planned, observed});
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.rule == rule; });
    return found == all.end() ? std::nullopt : std::optional{*found};
}

TEST(TableRewrite, IsAsSevereAsItsLockIsLong) {
    const std::pair<double, Severity> cases[] = {
        {0.9, Severity::info},      {100, Severity::info},     {101, Severity::warning},
        {1'000, Severity::warning}, {1'001, Severity::danger},
    };
    for (const auto& [ms, severity] : cases) {
        auto observed = test::ran("ALTER TABLE t ALTER c TYPE bigint");
        observed.statements[0].elapsed = Millis{ms};
        observed.statements[0].rewrites.push_back({{"public", "t"}, 8192, 8192});
        observed.holds.push_back(test::hold("t", LockMode::access_exclusive, 0, ms));
        const auto found = finding("table-rewrite", observed);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->severity, severity) << ms;
        EXPECT_EQ(found->evidence, Evidence::exact);
    }
}

TEST(TableRewrite, SaysOnceWhatOneStatementDidToATableWithItsPartitions) {
    auto observed = test::ran("ALTER TABLE log ALTER c TYPE bigint");
    for (const char* partition : {"log_1", "log_2"}) {
        observed.statements[0].rewrites.push_back({{"public", partition}, 8192, 16384});
    }
    observed.statements[0].rewrites.push_back({{"public", "log_3"}, 65536, 8192});
    observed.holds.push_back(test::hold("log_3", LockMode::access_exclusive, 0, 2'000));
    const auto planned = test::planned("1", "x");
    const auto all = findings_of({planned, observed});
    EXPECT_EQ(std::count_if(all.begin(), all.end(),
                            [](const auto& f) { return f.rule == "table-rewrite"; }),
              1);
    const auto found = finding("table-rewrite", observed);
    ASSERT_TRUE(found && found->relation);
    EXPECT_EQ(found->relation->name, "log");
    EXPECT_NE(found->message.find("3 relations, 96.0 kB, the largest log_3 with 64.0 kB"),
              std::string::npos)
        << found->message;
    EXPECT_NE(found->instead.find("ALTER TABLE log ADD COLUMN"), std::string::npos);
}

TEST(TableRewrite, LeavesOutWhatHoldsNoRowsOfUsers) {
    for (const char* script :
         {"TRUNCATE t", "CREATE TABLE t (c int); ALTER TABLE t ALTER c TYPE bigint"}) {
        auto observed = test::ran(script);
        observed.statements.back().rewrites.push_back({{"public", "t"}, 8192, 8192});
        EXPECT_FALSE(finding("table-rewrite", observed)) << script;
    }
}

TEST(TableRewrite, AdvisesByWhatWasWritten) {
    const std::pair<const char*, const char*> cases[] = {
        {"ALTER TABLE t ADD c uuid DEFAULT gen_random_uuid()", "ALTER COLUMN c SET DEFAULT"},
        {"ALTER TABLE t ALTER c TYPE bigint", "ADD COLUMN c_new"},
        {"VACUUM FULL t", "pg_repack"},
        {"CLUSTER t USING t_pkey", "pg_repack"},
        {"REFRESH MATERIALIZED VIEW t", "REFRESH MATERIALIZED VIEW CONCURRENTLY t;"},
    };
    for (const auto& [script, advice] : cases) {
        auto observed = test::ran(script);
        observed.statements[0].rewrites.push_back({{"public", "t"}, 8192, 8192});
        const auto found = finding("table-rewrite", observed);
        ASSERT_TRUE(found) << script;
        EXPECT_NE(found->instead.find(advice), std::string::npos) << found->instead;
    }
}

TEST(IndexNotConcurrent, IsAsSevereAsWritersAreKeptOut) {
    struct Case {
        const char* script;
        LockMode mode;
        double ms;
        Severity severity;
    };
    const Case cases[] = {
        {"CREATE INDEX i ON t (c)", LockMode::share, 80, Severity::info},
        {"CREATE INDEX i ON t (c)", LockMode::share, 4'000, Severity::warning},
        {"CREATE INDEX i ON t (c)", LockMode::share, 5'001, Severity::danger},
        {"ALTER TABLE t ADD UNIQUE (c)", LockMode::access_exclusive, 1'001, Severity::danger},
        {"ALTER TABLE t ADD c int PRIMARY KEY", LockMode::access_exclusive, 200, Severity::warning},
        {"DROP INDEX i", LockMode::access_exclusive, 1, Severity::info},
        {"REINDEX TABLE t", LockMode::share, 6'000, Severity::danger},
    };
    for (const auto& c : cases) {
        auto observed = test::ran(c.script);
        observed.statements[0].elapsed = Millis{c.ms};
        observed.statements[0].evidence = Evidence::exact;
        observed.holds.push_back(test::hold("t", c.mode, 0, c.ms));
        const auto found = finding("index-not-concurrent", observed);
        ASSERT_TRUE(found) << c.script;
        EXPECT_EQ(found->severity, c.severity) << c.script << " " << c.ms;
        EXPECT_EQ(found->relation, (pg::RelationName{"public", "t"})) << c.script;
    }
}

TEST(IndexNotConcurrent, HasNothingToSayOf) {
    for (const char* script : {
             "CREATE INDEX CONCURRENTLY i ON t (c)",
             "DROP INDEX CONCURRENTLY i",
             "REINDEX INDEX CONCURRENTLY i",
             "ALTER TABLE t ADD UNIQUE USING INDEX i",
             "ALTER TABLE t ADD PRIMARY KEY USING INDEX i",
             "CREATE TABLE t (c int); CREATE INDEX i ON t (c)",
             "CREATE TABLE public.t (c int); CREATE INDEX i ON t (c)",
         }) {
        EXPECT_FALSE(finding("index-not-concurrent", test::ran(script))) << script;
    }
}

TEST(IndexNotConcurrent, OfATableThatTheTransactionMadeIsNothing) {
    auto observed = test::ran("CREATE INDEX i ON made_by_a_function (c)");
    observed.statements[0].evidence = Evidence::exact;
    EXPECT_FALSE(finding("index-not-concurrent", observed));
}

TEST(IndexNotConcurrent, WithoutReadingsTheTextSpeaks) {
    const auto found = finding("index-not-concurrent", test::ran("CREATE INDEX i ON t (c)"));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->evidence, Evidence::text);
    EXPECT_EQ(found->message,
              "CREATE INDEX without CONCURRENTLY keeps writes out of t until it is done");
}

TEST(IndexNotConcurrent, APartitionedTableTakesItInSteps) {
    auto observed = test::ran("CREATE INDEX i ON t (c)");
    observed.holds.push_back(test::hold("t", LockMode::share, 0, 1));
    observed.holds[0].relkind = 'p';
    EXPECT_NE(finding("index-not-concurrent", observed)->instead.find("ATTACH PARTITION"),
              std::string::npos);
}

TEST(IndexNotConcurrent, AdviceFitsHowTheFileIsRun) {
    using migrations::TransactionMode;
    const std::pair<TransactionMode, const char*> cases[] = {
        {TransactionMode::autocommit, "outside of BEGIN ... COMMIT"},
        {TransactionMode::one_transaction, "without the tool's transaction"},
        {TransactionMode::whole_file_query, "alone in a file of its own"},
    };
    for (const auto& [mode, words] : cases) {
        auto planned = test::planned("1", "x");
        planned.migration.transaction_mode = mode;
        const auto observed = test::ran("CREATE INDEX i ON t (c)");
        const auto findings = findings_of({planned, observed});
        ASSERT_FALSE(findings.empty());
        EXPECT_NE(findings[0].instead.find(words), std::string::npos) << findings[0].instead;
    }
}

TEST(RowsChanged, BeginsAboveAFewThousand) {
    struct Case {
        const char* script;
        std::int64_t rows;
        std::optional<Severity> severity;
    };
    const Case cases[] = {
        {"UPDATE t SET c = 1", 5'000, std::nullopt},
        {"UPDATE t SET c = 1", 5'001, Severity::warning},
        {"DELETE FROM t", 1'000'001, Severity::danger},
        {"INSERT INTO t SELECT * FROM u", 5'001, Severity::warning},
        {"SELECT * FROM t", 9'000'000, std::nullopt},
        {"CREATE TABLE t AS SELECT * FROM u", 9'000'000, std::nullopt},
        {"CREATE TABLE t (c int); INSERT INTO t SELECT * FROM u", 9'000'000, Severity::info},
    };
    for (const auto& c : cases) {
        auto observed = test::ran(c.script);
        observed.statements.back().rows = c.rows;
        const auto found = finding("rows-changed-in-migration", observed);
        ASSERT_EQ(found.has_value(), c.severity.has_value()) << c.script << " " << c.rows;
        if (found) {
            EXPECT_EQ(found->severity, *c.severity) << c.script << " " << c.rows;
        }
    }
}

TEST(RowsChanged, AddsUpSmallStatements) {
    auto observed = test::ran("UPDATE t SET c = 1; UPDATE t SET c = 2");
    observed.statements[0].rows = 3'000;
    observed.statements[1].rows = 3'000;
    const auto found = finding("rows-changed-in-migration", observed);
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->statement);
    EXPECT_EQ(found->message, "changed 6000 rows in many small statements");
}

TEST(RowsChanged, SaysHowMuchWalThatWas) {
    auto observed = test::ran("UPDATE t SET c = 1");
    observed.statements[0].rows = 10'000;
    observed.statements[0].wal_bytes = 84 * 1024 * 1024;
    EXPECT_EQ(finding("rows-changed-in-migration", observed)->message,
              "UPDATE changed 10.0 k rows of t in one statement of 1.0 ms, 84.0 MB of WAL");
}

TEST(HeldUntilCommit, CountsOnlyWhatNothingNeededTheLockFor) {
    // The second ALTER TABLE needs the lock on t itself, UPDATE of another table does not.
    auto observed =
        test::ran("ALTER TABLE t ADD c int; ALTER TABLE t ALTER d TYPE bigint; UPDATE u SET x = 1");
    observed.statements[1].elapsed = Millis{40'000};
    observed.holds.push_back(test::hold("t", LockMode::access_exclusive, 0, 40'002, 1, {2, 3}));
    EXPECT_FALSE(finding("held-until-commit", observed));
    observed.statements[2].elapsed = Millis{600};
    const auto found = finding("held-until-commit", observed);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->severity, Severity::warning);
    EXPECT_NE(found->message.find("for another 600 ms"), std::string::npos) << found->message;
}

TEST(HeldUntilCommit, AnUpdateOfTheSameTableDoesNotNeedIt) {
    auto observed = test::ran("ALTER TABLE t ADD c int; UPDATE t SET c = 1");
    observed.statements[1].elapsed = Millis{2'000};
    observed.holds.push_back(test::hold("t", LockMode::access_exclusive, 0, 2'001, 1, {2}));
    const auto found = finding("held-until-commit", observed);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->severity, Severity::danger);
    EXPECT_EQ(found->statement, 1U);
}

TEST(HeldUntilCommit, IsOneFindingForTheTableThatIsWorstOff) {
    auto observed = test::ran("ALTER TABLE a ADD FOREIGN KEY (x) REFERENCES b; UPDATE u SET x = 1");
    observed.statements[1].elapsed = Millis{2'000};
    for (const auto* table : {"a", "b"}) {
        observed.holds.push_back(
            test::hold(table, LockMode::share_row_exclusive, 0, 2'001, 1, {2}));
    }
    observed.holds[1].mode = LockMode::access_exclusive;
    auto index = test::hold("a_pkey", LockMode::access_exclusive, 0, 2'001, 1, {2});
    index.relkind = 'i';
    observed.holds.push_back(index);
    const auto found = finding("held-until-commit", observed);
    ASSERT_TRUE(found);
    EXPECT_NE(found->message.find("reads and writes out of b and 1 more"), std::string::npos)
        << found->message;
}

TEST(NotNull, HasAFindingOnlyWhereItHurts) {
    struct Case {
        const char* script;
        double ms;
        std::optional<Severity> severity;
    };
    const Case cases[] = {
        {"ALTER TABLE t ALTER c SET NOT NULL", 0.5, std::nullopt},
        {"ALTER TABLE t ALTER c SET NOT NULL", 101, Severity::warning},
        {"ALTER TABLE t ALTER c SET NOT NULL", 1'001, Severity::danger},
        {"ALTER TABLE t ADD c int NOT NULL DEFAULT 7", 0.5, std::nullopt},
        {"ALTER TABLE t ADD c int NOT NULL", 0.5, Severity::warning},
        {"ALTER TABLE t ADD c bigserial", 900, std::nullopt},
        {"ALTER TABLE t ADD c int", 0.5, std::nullopt},
        {"CREATE TABLE t (d int); ALTER TABLE t ADD c int NOT NULL", 0.5, std::nullopt},
        {"UPDATE t SET c = 1; ALTER TABLE t ALTER c SET NOT NULL", 0.5, Severity::warning},
        {"UPDATE t SET c = 1; ALTER TABLE t ALTER c SET NOT NULL", 2'000, Severity::danger},
        {"UPDATE u SET c = 1; ALTER TABLE t ALTER c SET NOT NULL", 0.5, std::nullopt},
    };
    for (const auto& c : cases) {
        auto observed = test::ran(c.script);
        auto& last = observed.statements.back();
        last.elapsed = Millis{c.ms};
        observed.holds.push_back(
            test::hold("t", LockMode::access_exclusive, 0, c.ms, last.ordinal));
        const auto found = finding("not-null-without-backfill", observed);
        ASSERT_EQ(found.has_value(), c.severity.has_value()) << c.script << " " << c.ms;
        if (found) {
            EXPECT_EQ(found->severity, *c.severity) << c.script << " " << c.ms;
        }
    }
}

TEST(NotNull, AFailureOnARowWithoutAValueIsDanger) {
    auto observed = test::ran("ALTER TABLE t ALTER c SET NOT NULL");
    observed.failure.emplace();
    observed.failure->ordinal = 1;
    observed.failure->error.sqlstate.code = "23502";
    const auto found = finding("not-null-without-backfill", observed);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->severity, Severity::danger);
    EXPECT_EQ(found->message, "t.c cannot be NOT NULL: there are rows without a value for it");
    // Any other failure is not about rows.
    observed.failure->error.sqlstate.code = "42703";
    EXPECT_FALSE(finding("not-null-without-backfill", observed));
}

TEST(NotNull, AdviceNamesTheTableAndTheColumn) {
    const auto observed = test::ran("ALTER TABLE billing.\"Order\" ADD \"Due\" int NOT NULL");
    const auto found = finding("not-null-without-backfill", observed);
    ASSERT_TRUE(found);
    EXPECT_NE(
        found->instead.find("ALTER TABLE billing.\"Order\" ALTER COLUMN \"Due\" SET NOT NULL"),
        std::string::npos)
        << found->instead;
}

TEST(DropColumn, IsAReminderUnlessItCascades) {
    const std::pair<const char*, std::optional<Severity>> cases[] = {
        {"ALTER TABLE t DROP COLUMN c", Severity::info},
        {"ALTER TABLE t DROP COLUMN IF EXISTS c CASCADE", Severity::warning},
        {"ALTER TABLE t DROP CONSTRAINT c", std::nullopt},
        {"CREATE TABLE t (c int, d int); ALTER TABLE t DROP COLUMN c", std::nullopt},
        {"COMMENT ON TABLE t IS 'DROP COLUMN c'", std::nullopt},
    };
    for (const auto& [script, severity] : cases) {
        const auto found = finding("drop-column-still-used", test::ran(script));
        ASSERT_EQ(found.has_value(), severity.has_value()) << script;
        if (found) {
            EXPECT_EQ(found->severity, *severity) << script;
            EXPECT_EQ(found->evidence, Evidence::text);
        }
    }
}

TEST(ConstraintViolated, AdviceIsOfWhatTheRowsViolate) {
    const std::pair<const char*, const char*> cases[] = {
        {"ALTER TABLE p ATTACH PARTITION t FOR VALUES IN (1)", "DELETE FROM t"},
        {"CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)", "DELETE FROM t"},
        {"ALTER TABLE t ADD CHECK (attached > 0) -- partition\n",
         "ALTER TABLE t VALIDATE CONSTRAINT"},
    };
    for (const auto& [script, advice] : cases) {
        auto observed = test::ran(script);
        observed.failure.emplace();
        observed.failure->ordinal = 1;
        observed.failure->error.sqlstate.code = "23514";
        observed.failure->violations.emplace();
        observed.failure->violations->relation = {"", "t"};
        observed.failure->violations->rows = 1;
        const auto found = finding("constraint-violated", observed);
        ASSERT_TRUE(found) << script;
        EXPECT_EQ(found->message, "1 row of t violates it");
        EXPECT_NE(found->instead.find(advice), std::string::npos) << found->instead;
    }
}

TEST(InvalidIndex, OnAPartitionedTableByDesignIsNone) {
    auto observed = test::ran("CREATE INDEX i ON ONLY t (c)");
    observed.statements[0].index_builds.push_back(
        {{"public", "i"}, {"public", "t"}, Millis{1}, false});
    EXPECT_FALSE(finding("index-left-invalid", observed));
}

}  // namespace
}  // namespace rehearse::rules
