#include "rehearse/rules/rule.hpp"

#include "support/observed.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace rehearse::rules {
namespace {

using migrations::TransactionMode;

std::vector<Finding> findings(const std::string& rule,
                              const observe::MigrationObservation& observed,
                              TransactionMode mode = TransactionMode::autocommit) {
    auto planned = test::planned("1", "x");
    planned.migration.transaction_mode = mode;
    auto all = findings_of({planned, observed});
    all.erase(std::remove_if(all.begin(), all.end(), [&](const auto& f) { return f.rule != rule; }),
              all.end());
    return all;
}

struct Case {
    const char* script;
    bool unset;
    TransactionMode mode = TransactionMode::autocommit;
};

TEST(LockTimeout, IsReadFromTheScriptsOwnSettings) {
    const Case cases[] = {
        {"ALTER TABLE t ADD c int", true},
        {"SET lock_timeout = '5s'; ALTER TABLE t ADD c int", false},
        {"SET LOCK_TIMEOUT TO 5000; ALTER TABLE t ADD c int", false},
        {"SET SESSION lock_timeout = '2min'; ALTER TABLE t ADD c int", false},
        // Off is not set.
        {"SET lock_timeout = 0; ALTER TABLE t ADD c int", true},
        {"SET lock_timeout = '0s'; ALTER TABLE t ADD c int", true},
        {"SET lock_timeout = '5s'; RESET lock_timeout; ALTER TABLE t ADD c int", true},
        {"SET lock_timeout = '5s'; RESET ALL; ALTER TABLE t ADD c int", true},
        {"SET lock_timeout TO DEFAULT; ALTER TABLE t ADD c int", true},
        // Too late for the first, which is the one that waits.
        {"ALTER TABLE t ADD c int; SET lock_timeout = '5s'", true},
        {"SET idle_session_timeout = '5s'; ALTER TABLE t ADD c int", true},
        // LOCAL needs a transaction and ends with it.
        {"SET LOCAL lock_timeout = '5s'; ALTER TABLE t ADD c int", true},
        {"SET LOCAL lock_timeout = '5s'; ALTER TABLE t ADD c int", false,
         TransactionMode::one_transaction},
        {"SET LOCAL lock_timeout = '5s'; ALTER TABLE t ADD c int", false,
         TransactionMode::whole_file_query},
        {"BEGIN; SET LOCAL lock_timeout = '5s'; ALTER TABLE t ADD c int; COMMIT", false},
        {"BEGIN; SET LOCAL lock_timeout = '5s'; COMMIT; ALTER TABLE t ADD c int", true},
        {"SET lock_timeout = '5s'; BEGIN; SET LOCAL lock_timeout = 0; COMMIT; ALTER TABLE t ADD c "
         "int",
         false},
        // Nothing that others would queue behind.
        {"UPDATE t SET c = 1", false},
        {"CREATE TABLE t (c int)", false},
        {"CREATE INDEX CONCURRENTLY i ON t (c)", false},
        {"SELECT 'SET lock_timeout'", false},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(!findings("lock-timeout-unset", test::ran(c.script), c.mode).empty(), c.unset)
            << c.script;
    }
}

TEST(LockTimeout, WhatWasSeenCountsMoreThanTheText) {
    // A function that locks.
    auto observed = test::ran("SELECT rename_everything()");
    observed.statements[0].evidence = observe::Evidence::exact;
    EXPECT_TRUE(findings("lock-timeout-unset", observed).empty());
    observed.holds.push_back(test::hold("orders", pg::LockMode::access_exclusive, 0, 1));
    EXPECT_FALSE(findings("lock-timeout-unset", observed).empty());
    // An ALTER TABLE of a table that the same transaction made.
    observed = test::ran("ALTER TABLE fresh ADD c int");
    observed.statements[0].evidence = observe::Evidence::exact;
    observed.holds.push_back(test::hold("fresh", pg::LockMode::access_exclusive, 0, 1));
    observed.holds[0].new_relation = true;
    EXPECT_TRUE(findings("lock-timeout-unset", observed).empty());
}

TEST(LockTimeout, IsOneFindingForEachMigration) {
    EXPECT_EQ(findings("lock-timeout-unset",
                       test::ran("ALTER TABLE a ADD c int; ALTER TABLE b ADD c int"))
                  .size(),
              1U);
}

TEST(StatementTimeout, IsReadFromTheScriptsOwnSettings) {
    const Case cases[] = {
        {"UPDATE t SET c = 1", true},
        {"SET statement_timeout = '60s'; UPDATE t SET c = 1", false},
        {"SET statement_timeout = 0; UPDATE t SET c = 1", true},
        {"SET lock_timeout = '5s'", false},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(!findings("statement-timeout-unset", test::ran(c.script)).empty(), c.unset)
            << c.script;
    }
}

TEST(StatementTimeout, NamesTheStatementThatItWouldHaveCancelled) {
    auto observed = test::ran("SELECT 1;\nUPDATE t SET c = 1");
    observed.statements[1].elapsed = Millis{250'000};
    const auto found = findings("statement-timeout-unset", observed);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].severity, Severity::warning);
    EXPECT_EQ(found[0].line, 2);
    EXPECT_EQ(found[0].message,
              "UPDATE ran for 4 min 10 s; a statement_timeout of 60 s would have cancelled it");
}

TEST(StatementTimeout, SixtySecondsAreNotOverSixtySeconds) {
    auto observed = test::ran("UPDATE t SET c = 1");
    observed.statements[0].elapsed = Millis{60'000};
    const auto found = findings("statement-timeout-unset", observed);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].severity, Severity::info);
}

}  // namespace
}  // namespace rehearse::rules
