#include "rehearse/base/text.hpp"
#include "rehearse/report/report.hpp"

#include "samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace rehearse::report {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::size_t count_of(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
    return count;
}

std::string without_code_blocks(const std::string& markdown) {
    std::string result;
    std::string fence;
    for (const auto& line : split_lines(markdown)) {
        const auto text = trimmed(line);
        const auto ticks = text.substr(0, text.find_first_not_of('`'));
        if (fence.empty() && ticks.size() >= 3) {
            fence = ticks;
        } else if (!fence.empty()) {
            if (text == fence) fence.clear();
        } else {
            result += line + "\n";
        }
    }
    EXPECT_EQ(fence, "") << "a block that is not closed";
    return result;
}

// The table's rows all have seven cells and each fold is closed: nothing was cut in the middle and
// nothing broke out.
void expect_whole(const std::string& markdown) {
    const auto text = without_code_blocks(markdown);
    for (const auto& line : split_lines(text)) {
        if (line.starts_with("|")) {
            EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 8) << line;
        }
    }
    EXPECT_EQ(count_of(text, "\n<details><summary>"), count_of(text, "\n</details>\n"));
}

TEST(Markdown, BeginsWithTheVerdict) {
    EXPECT_THAT(render_markdown(samples::demo(), {}), StartsWith("**failed**: 0045 "));
    EXPECT_THAT(render_markdown(samples::one_ok(), {}), StartsWith("**ok**: 1 migration in "));
    EXPECT_THAT(render_markdown(samples::nothing_pending(), {}),
                StartsWith("**not run**: nothing is pending\n"));
}

TEST(Markdown, NeverShowsRowValues) {
    auto report = samples::hostile();
    // The statement's own text is the author's, not a row's.
    for (auto& migration : report.migrations) migration.statements.clear();
    for (const auto limit : {std::size_t{65'536}, std::size_t{2'000}, std::size_t{900}}) {
        EXPECT_THAT(render_markdown(report, {false, limit}), Not(HasSubstr("ada@")));
    }
    report = samples::demo();
    EXPECT_THAT(render_markdown(report, {}), Not(HasSubstr("ada@")));
    EXPECT_THAT(render_markdown(report, {}), Not(HasSubstr("Failing row")));
}

TEST(Markdown, CountsTheRowsThatViolateAConstraint) {
    auto report = samples::demo();
    auto& violations = *report.migrations[4].error->violations;
    const auto line = [&report] {
        for (const auto& text : split_lines(render_markdown(report, {}))) {
            const auto at = text.find("<br>");
            if (text.starts_with("**failed** `0045")) return text.substr(at + 4);
        }
        return std::string{};
    };
    violations = {"unique", "users", 40'211, 18'349, true, 10'000, ""};
    EXPECT_EQ(line(), "violated by 40,211 rows of `users` (18,349 duplicate keys)");
    violations = {"check", "users", 1, {}, true, 10'000, ""};
    EXPECT_EQ(line(), "violated by 1 row of `users`");
    violations = {"check", "users", {}, {}, false, 10'000, ""};
    EXPECT_EQ(line(), "rows of `users` that violate it: not counted within 10 s (--count-limit)");
    violations = {"check", "users", {}, {}, true, 10'000, "it is gone"};
    EXPECT_EQ(line(), "rows of `users` that violate it: not counted, it is gone");
    report.migrations[4].error->violations.reset();
    EXPECT_EQ(line().find("violate"), std::string::npos);
}

TEST(Markdown, MasksLiteralsWhereAsked) {
    EXPECT_THAT(render_markdown(samples::demo(), {}), HasSubstr("'backfill 2026-11'"));
    const auto masked = render_markdown(samples::demo(), {.mask_literals = true});
    EXPECT_THAT(masked, Not(HasSubstr("backfill 2026-11")));
    EXPECT_THAT(masked, HasSubstr("UPDATE workspaces SET sso_required"));
}

TEST(Markdown, MasksWhatTheServerQuotesOfASyntaxError) {
    auto report = samples::demo();
    report.migrations[4].error->sqlstate = "42601";
    report.migrations[4].because = "42601 at line 4: syntax error at or near \"'secret'\"";
    EXPECT_THAT(render_markdown(report, {}), HasSubstr("'secret'"));
    const auto masked = render_markdown(report, {.mask_literals = true});
    EXPECT_THAT(masked, Not(HasSubstr("'secret'")));
    EXPECT_THAT(masked,
                StartsWith("**failed**: 0045 sso\\_required\\_not\\_null: 42601 at line 4\n"));
}

TEST(Markdown, MasksWhatTheServerQuotesOfALiteral) {
    auto report = samples::demo();
    auto& migration = report.migrations[4];
    migration.error->sqlstate = "42P01";
    migration.because = "42P01 at line 4: relation \"workspaces\" does not exist";
    EXPECT_THAT(render_markdown(report, {.mask_literals = true}),
                HasSubstr("relation \"workspaces\" does not exist"))
        << "a name of the statement";
    migration.because = "42P01 at line 4: relation \"secret\" does not exist";
    migration.statements.back().sql = "SELECT 'secret'::regclass";
    EXPECT_THAT(render_markdown(report, {.mask_literals = true}), Not(HasSubstr("secret")));
    EXPECT_THAT(render_markdown(report, {}), HasSubstr("secret"));
}

TEST(Markdown, HostileTextStaysInItsPlace) {
    const auto text = render_markdown(samples::hostile(), {});
    expect_whole(text);
    for (const char* attack :
         {"<img", "<script", "<b>\"", "\033", "@everyone |", "[a](b)", "#1 ", "\n# h"}) {
        EXPECT_THAT(without_code_blocks(text), Not(HasSubstr(attack)));
    }
}

TEST(Markdown, CatchUpIsFolded) {
    const auto text = render_markdown(samples::many(300), {});
    EXPECT_THAT(text, HasSubstr("<details><summary>260 migrations: 260 ok, 728 ms before this "
                                "change</summary>"));
    EXPECT_THAT(text, HasSubstr("<details><summary>35 more migrations: 35 ok, 98.0 ms</summary>"));
    // What is to be read stands above what is folded.
    EXPECT_LT(text.find("| **noisy** | `0266"), text.find("<details>"));
}

TEST(Markdown, FewMigrationsAreOneTable) {
    EXPECT_THAT(render_markdown(samples::demo(), {}), Not(HasSubstr("more migration")));
}

// Whatever the limit: within it, whole, and the verdict is there.
TEST(Markdown, KeepsWithinTheHostsLimit) {
    for (const std::size_t migrations : {1, 12, 300, 1'000}) {
        const auto report = samples::many(migrations);
        std::size_t longest = 0;
        for (std::size_t limit = 500; limit < 1'000'000; limit *= 4) {
            const auto text = render_markdown(report, {false, limit});
            EXPECT_LE(text.size(), limit) << migrations;
            EXPECT_THAT(text, StartsWith("**"));
            EXPECT_GE(text.size(), longest) << "a greater limit shows no less";
            longest = text.size();
            expect_whole(text);
        }
    }
}

TEST(Markdown, SaysThatItWasShortened) {
    const auto report = samples::many(300);
    const auto whole = render_markdown(report, {});
    EXPECT_THAT(whole, Not(HasSubstr("Shortened")));
    EXPECT_THAT(render_markdown(report, {false, whole.size() - 1}),
                EndsWith("Shortened to fit; `report.json` has the rest.\n"));
}

TEST(Markdown, ManyHazardsAreCountedBeforeTheyAreCut) {
    auto report = samples::demo();
    const auto noisy = report.migrations[2];
    for (int i = 0; i < 2'000; ++i) report.migrations.push_back(noisy);
    const auto text = render_markdown(report, {});
    EXPECT_LE(text.size(), 65'536U);
    EXPECT_THAT(text,
                HasSubstr("2006 migrations: 2 ok, 2001 noisy, 1 rethink, 1 failed, 1 not run"));
    EXPECT_THAT(text, HasSubstr("`held-until-commit` 2001"));
}

TEST(Markdown, SaysWhenNobodyLooked) {
    auto report = samples::one_ok();
    EXPECT_THAT(render_markdown(report, {}), Not(HasSubstr("locks were not read")));
    for (auto& statement : report.migrations[0].statements) statement.evidence = "none";
    EXPECT_THAT(render_markdown(report, {}),
                HasSubstr("locks were not read: what would be blocked is not known"));
}

TEST(Markdown, SaysThatTheChangeAddsNothing) {
    auto report = samples::one_ok();
    EXPECT_THAT(render_markdown(report, {}), Not(HasSubstr("adds no migration")));
    report.migrations[0].in_change = false;
    EXPECT_THAT(render_markdown(report, {}), HasSubstr("\n\nThis change adds no migration.\n\n"));
    EXPECT_THAT(render_markdown(samples::nothing_pending(), {}), Not(HasSubstr("adds no")));
}

TEST(Markdown, NamesTheFirstPlacesOfAnInformation) {
    auto report = samples::one_ok();
    FindingPart finding;
    finding.rule = "statement-timeout-unset";
    finding.severity = "info";
    finding.message = "UPDATE runs without a statement_timeout";
    finding.instead = "Begin the file with it.";
    finding.line = 3;
    report.migrations[0].version = "1";
    report.migrations[0].findings = {finding};
    EXPECT_THAT(render_markdown(report, {}),
                HasSubstr("\n- `statement-timeout-unset` in `1` line 3: UPDATE runs without"));
    for (int i = 2; i <= 7; ++i) {
        report.migrations.push_back(report.migrations[0]);
        report.migrations.back().version = std::to_string(i);
    }
    report.migrations[6].findings[0].message = "INSERT runs without a statement_timeout";
    const auto text = render_markdown(report, {});
    EXPECT_THAT(text, HasSubstr("`1` line 3, `2` line 3, `3` line 3, `4` line 3, `5` line 3 and 2 "
                                "more<br>Instead: Begin"));
    EXPECT_THAT(text, Not(HasSubstr("UPDATE runs"))) << "what one of them says is not said of all";
}

TEST(Markdown, AdviceIsGivenOnce) {
    const auto text = render_markdown(samples::many(300), {});
    EXPECT_EQ(count_of(text, "Leave it out of the migration"), 1U);
    EXPECT_EQ(count_of(text, "- **warning** `rows-changed-in-migration`"), 5U);
}

}  // namespace
}  // namespace rehearse::report
