#include "rehearse/rules/rule.hpp"

#include "support/observed.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace rehearse::rules {
namespace {

std::vector<Finding> findings(const std::string& rule,
                              const observe::MigrationObservation& observed) {
    const auto planned = test::planned("1", "x");
    auto all = findings_of({planned, observed});
    all.erase(std::remove_if(all.begin(), all.end(), [&](const auto& f) { return f.rule != rule; }),
              all.end());
    return all;
}

struct Case {
    const char* script;
    bool unset;
};

TEST(LockTimeout, IsTheOneInForce) {
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
        EXPECT_EQ(!findings("lock-timeout-unset", test::ran(c.script)).empty(), c.unset)
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

// Of the database or the role, say.
TEST(Timeouts, CountWhoeverSetThem) {
    auto observed = test::ran("ALTER TABLE t ADD c int");
    EXPECT_FALSE(findings("lock-timeout-unset", observed).empty());
    EXPECT_FALSE(findings("statement-timeout-unset", observed).empty());
    observed.statements[0].settings.lock_timeout = Millis{5'000};
    observed.statements[0].settings.statement_timeout = Millis{60'000};
    EXPECT_TRUE(findings("lock-timeout-unset", observed).empty());
    EXPECT_TRUE(findings("statement-timeout-unset", observed).empty());
}

TEST(CancelledByTimeout, NamesTheFirstStatement) {
    auto observed = test::ran("SELECT 1;\nUPDATE t SET c = 1;\nUPDATE u SET c = 1");
    EXPECT_TRUE(findings("cancelled-by-statement-timeout", observed).empty());
    for (const std::size_t i : {1U, 2U}) {
        observed.statements[i].elapsed = Millis{250'000};
        observed.statements[i].would_be_cancelled_after = Millis{60'000};
    }
    const auto found = findings("cancelled-by-statement-timeout", observed);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].severity, Severity::danger);
    EXPECT_EQ(found[0].line, 2);
    EXPECT_EQ(found[0].message,
              "UPDATE ran for 4 min 10 s: production would have cancelled this after 60 s");
}

TEST(StatementTimeout, IsTheOneInForce) {
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
