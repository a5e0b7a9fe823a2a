#include "rehearse/verdict/verdict.hpp"

#include "support/observed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::verdict {
namespace {

using testing::HasSubstr;
using testing::Not;

observe::MigrationObservation took(Millis elapsed) {
    observe::MigrationObservation observed;
    observed.ran = true;
    observed.elapsed = elapsed;
    return observed;
}

std::string because(const observe::MigrationObservation& observed,
                    const Thresholds& thresholds = {}) {
    const auto planned = test::planned("1", "x");
    return judge({planned, observed}, thresholds).because;
}

observe::MigrationObservation failed(const std::string& sqlstate, const std::string& message,
                                     const std::string& context = "") {
    auto observed = took(Millis{5});
    observed.failure.emplace();
    observed.failure->ordinal = 2;
    observed.failure->position.line = 7;
    observed.failure->error.sqlstate.code = sqlstate;
    observed.failure->error.message = message;
    observed.failure->error.detail = "Failing row contains (1, secret@example.org).";
    observed.failure->error.context = context;
    observed.statements.emplace_back();
    observed.statements.back().ordinal = 2;
    observed.statements.back().sql = "ALTER TABLE no_such ADD COLUMN a integer";
    return observed;
}

TEST(Because, NamesTheTimeAndTheLimitThatItIsOver) {
    EXPECT_EQ(because(took(Millis{0.8})), "0.80 ms");
    EXPECT_EQ(because(took(Millis{41'200})), "41.2 s, over 30 s");
    EXPECT_EQ(because(took(Millis{843'000})), "14 min 3 s, over 5 min");
    EXPECT_EQ(because(took(Millis{140}), {Millis{100}, Millis{1000}}), "140 ms, over 100 ms");
}

TEST(Because, NamesTheStatementThatWasGivenUpOn) {
    auto observed = failed("57014", "canceling statement due to user request");
    observed.failure->gave_up = true;
    observed.statements.back().elapsed = std::chrono::minutes(15);
    EXPECT_EQ(because(observed),
              "the statement at line 7 still ran after 15 min and was given up on");
}

TEST(Because, OfWhatDidNotRunIsTheFailureBefore) {
    EXPECT_EQ(because({}), "a migration before it did not finish");
}

// Messages as PostgreSQL 15 writes them. The text goes into public comments: it holds no row
// values.
TEST(Because, OfAFailureSaysWhatAndWhereWithoutRowValues) {
    struct Case {
        const char* sqlstate;
        const char* message;
        const char* expected;
    };
    const Case cases[] = {
        {"23502", "column \"sso_required\" of relation \"workspaces\" contains null values",
         "23502 at line 7: column \"sso_required\" of relation \"workspaces\" contains null "
         "values"},
        {"42P01", "relation \"no_such\" does not exist",
         "42P01 at line 7: relation \"no_such\" does not exist"},
        {"42P01", "relation \"secret\" does not exist",
         "42P01 at line 7: relation \"…\" does not exist"},
        {"22P02", "invalid input syntax for type integer: \"secret@example.org\"",
         "22P02 at line 7: invalid input syntax for type integer: \"…\""},
        {"22003", "value \"4111111111111111\" is out of range for type integer",
         "22003 at line 7: value \"…\" is out of range for type integer"},
        {"22P02", "invalid input value for enum mood: \"say \"secret\" twice\"",
         "22P02 at line 7: invalid input value for enum mood: \"…\""},
        {"22012", "division by zero", "22012 at line 7: division by zero"},
        {"22021", "invalid byte sequence for encoding \"UTF8\": 0x73 0x65",
         "22021 at line 7: invalid byte sequence for encoding \"UTF8\""},
        {"P0001", "customer secret@example.org is in debt", "P0001 at line 7"},
        {"38000", "ValueError: secret@example.org", "38000 at line 7"},
        {"", "server said nothing", "failed at line 7: server said nothing"},
    };
    for (const auto& c : cases) EXPECT_EQ(because(failed(c.sqlstate, c.message)), c.expected);
}

TEST(Because, WithholdsWhatAFunctionRaisedUnderAnotherSqlstate) {
    const auto observed =
        failed("23514", "customer secret@example.org is in debt",
               "PL/pgSQL function inline_code_block line 3 at RAISE\nSQL statement \"SELECT f()\"");
    EXPECT_EQ(because(observed), "23514 at line 7");
}

TEST(Because, NeverHoldsTheDetail) {
    EXPECT_THAT(because(failed("23505", "could not create unique index \"u\"")),
                Not(HasSubstr("secret")));
}

TEST(Judge, PutsTheLabelBesideTheHazards) {
    auto observed = took(Millis{12'100});
    observed.holds.push_back(test::hold("audit_log", pg::LockMode::share, 0, 12'100));
    const auto planned = test::planned("1", "x");
    const auto verdict = judge({planned, observed}, {});
    EXPECT_EQ(verdict.label, Label::ok);
    ASSERT_EQ(verdict.blocking.size(), 1U);
    EXPECT_EQ(verdict.blocking[0].relation.name, "audit_log");
    EXPECT_FALSE(verdict.blocking[0].blocks_reads);
}

}  // namespace
}  // namespace rehearse::verdict
