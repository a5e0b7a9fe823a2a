#include "rehearse/rules/rule.hpp"

#include "support/observed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::rules {
namespace {

// Lines 3, 6 and 9 have an index that is not built concurrently.
constexpr const char* kScript = R"(SET lock_timeout = '5s';
SET statement_timeout = '60s';
CREATE INDEX a_idx ON a (x);


CREATE INDEX b_idx ON b (x);


CREATE INDEX c_idx ON c (x);
)";

// The lines whose finding is silenced.
std::vector<int> silenced(std::vector<plan::FileSurvey::Allowed> allowed) {
    auto planned = test::planned("1", "x");
    planned.survey.allowed = std::move(allowed);
    const auto observed = test::ran(kScript);
    const auto findings = findings_of({planned, observed});
    EXPECT_EQ(findings.size(), 3U);
    std::vector<int> lines;
    for (const auto& finding : findings) {
        if (!finding.allowed_because.empty()) lines.push_back(*finding.line);
    }
    return lines;
}

TEST(Allowed, SilencesTheStatementThatItStandsBefore) {
    struct Case {
        const char* what;
        int line;
        std::vector<int> silenced;
    };
    const Case cases[] = {
        {"at the top", 1, {3}},
        {"on the line itself", 3, {3}},
        {"right above the second", 5, {6}},
        {"right above the third", 8, {9}},
        {"behind the last", 11, {9}},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(silenced({{"index-not-concurrent", "small", c.line}}), c.silenced) << c.what;
    }
}

TEST(Allowed, EachCommentSilencesOne) {
    EXPECT_EQ(silenced({{"index-not-concurrent", "small", 2}, {"index-not-concurrent", "new", 8}}),
              (std::vector<int>{3, 9}));
}

TEST(Allowed, OtherRulesAreNotSilenced) {
    EXPECT_EQ(silenced({{"table-rewrite", "small", 2}, {"index", "x", 2}, {"", "x", 2}}),
              std::vector<int>{});
}

TEST(Allowed, ShowsTheReasonAndKeepsTheFinding) {
    auto planned = test::planned("1", "x", "golang-migrate");
    planned.survey.allowed = {{"no-rollback", "the data is gone either way", 1}};
    const auto observed = test::ran("SELECT 1");
    const auto findings = findings_of({planned, observed});
    const auto found = std::find_if(findings.begin(), findings.end(),
                                    [](const auto& f) { return f.rule == "no-rollback"; });
    ASSERT_NE(found, findings.end());
    EXPECT_EQ(found->allowed_because, "the data is gone either way");
}

TEST(Findings, ComeInTheOrderOfStatementsThenOfRules) {
    const auto planned = test::planned("1", "x", "golang-migrate");
    const auto observed = test::ran("CREATE INDEX a_idx ON a (x); ALTER TABLE b DROP COLUMN y");
    std::vector<std::string> ids;
    for (const auto& finding : findings_of({planned, observed})) ids.push_back(finding.rule);
    EXPECT_THAT(ids, testing::ElementsAre("index-not-concurrent", "lock-timeout-unset",
                                          "statement-timeout-unset", "drop-column-still-used",
                                          "no-rollback"));
}

}  // namespace
}  // namespace rehearse::rules
