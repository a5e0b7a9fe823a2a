#include "rehearse/base/files.hpp"
#include "rehearse/report/report.hpp"

#include "json_validator.hpp"
#include "samples.hpp"
#include "support/skip.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace rehearse::report {
namespace {

using Json = nlohmann::json;

Json run_of(const Report& report) {
    return Json::parse(render_sarif(report)).at("runs").at(0);
}

// Findings and failures.
std::size_t told_in(const Report& report) {
    std::size_t count = 0;
    for (const auto& migration : report.migrations)
        count += migration.findings.size() + (migration.error ? 1 : 0);
    return count;
}

// One migration of the demo with its findings.
Report one_with_findings() {
    auto report = samples::demo();
    std::erase_if(report.migrations, [](const auto& m) { return m.version != "0043"; });
    return report;
}

TEST(Sarif, HasOneResultForEachFindingAndEachFailure) {
    for (const auto& report : {samples::demo(), samples::many(300), samples::nothing_pending()})
        EXPECT_EQ(run_of(report).at("results").size(), told_in(report));
}

TEST(Sarif, FitsTheStandardsSchema) {
    if (!fs::exists(REHEARSE_SARIF_SCHEMA))
        REHEARSE_SKIP_OR_FAIL("no schema: run scripts/install-api-mocks");
    std::vector<nlohmann::ordered_json> documents;
    for (const auto& report : {samples::demo(), samples::one_ok(), samples::many(50),
                               samples::hostile(), samples::nothing_pending()}) {
        documents.push_back(nlohmann::ordered_json::parse(render_sarif(report)));
    }
    documents.push_back(documents.front());
    documents.back()["runs"][0]["results"][0]["level"] = "fatal";
    const auto found =
        validated(nlohmann::ordered_json::parse(read_file(REHEARSE_SARIF_SCHEMA)), documents);
    if (!found) REHEARSE_SKIP_OR_FAIL(kNoValidator);
    EXPECT_EQ(*found,
              (std::vector<std::string>{"ok", "ok", "ok", "ok", "ok", "/runs/0/results/0/level"}));
}

TEST(Sarif, AResultIsOnItsLine) {
    const auto report = one_with_findings();
    const auto run = run_of(report);
    const auto& migration = report.migrations.at(0);
    for (const auto& finding : migration.findings) {
        const auto& results = run.at("results");
        const auto result = std::find_if(results.begin(), results.end(), [&](const Json& one) {
            return one.at("ruleId") == finding.rule;
        });
        ASSERT_NE(result, results.end()) << finding.rule;
        const auto& place = result->at("locations").at(0).at("physicalLocation");
        EXPECT_EQ(run["tool"]["driver"]["rules"][result->at("ruleIndex").get<std::size_t>()]["id"],
                  finding.rule);
        EXPECT_EQ(place.at("artifactLocation").at("uri"), migration.path);
        EXPECT_EQ(place.at("region").at("startLine"), finding.line.value_or(1));
    }
}

TEST(Sarif, AFailureIsAResultOnItsLine) {
    auto report = samples::demo();
    auto& failed = report.migrations.at(4);
    failed.error->line = 7;
    const auto run = run_of(report);
    const auto& result = run.at("results").at(0);
    EXPECT_EQ(result.at("ruleId"), "migration-failed");
    EXPECT_EQ(result.at("level"), "error");
    EXPECT_EQ(result.at("message").at("text").get<std::string>().find("failed 0045"), 0U);
    const auto& place = result.at("locations").at(0).at("physicalLocation");
    EXPECT_EQ(place.at("artifactLocation").at("uri"), failed.path);
    EXPECT_EQ(place.at("region").at("startLine"), 7);
}

TEST(Sarif, TellsFirstWhatMattersMostOfThisChange) {
    Report report = samples::one_ok();
    const auto migration = [&](const std::string& name, bool in_change) -> MigrationPart& {
        auto& part = report.migrations.emplace_back(report.migrations.front());
        part.name = name;
        part.in_change = in_change;
        for (const char* severity : {"info", "danger", "warning"}) {
            auto& finding = part.findings.emplace_back();
            finding.rule = name + "-" + severity;
            finding.severity = severity;
        }
        return part;
    };
    report.migrations.front().findings.clear();
    migration("before", false).error.emplace();
    migration("ours", true).findings[1].allowed_because = "the table is small";
    const auto run = run_of(report);
    std::vector<std::string> rules;
    for (const auto& result : run.at("results")) rules.push_back(result.at("ruleId"));
    EXPECT_EQ(rules, (std::vector<std::string>{"ours-warning", "ours-info", "ours-danger",
                                               "migration-failed", "before-danger",
                                               "before-warning", "before-info"}));
}

TEST(Sarif, SaysHowManyResultsAreLeftOut) {
    Report report = samples::one_ok();
    FindingPart finding;
    finding.rule = "table-rewrite";
    finding.severity = "info";
    report.migrations[0].findings.assign(25'002, finding);
    report.migrations[0].findings.back().severity = "danger";
    const auto run = run_of(report);
    EXPECT_EQ(run.at("results").size(), 25'000U);
    EXPECT_EQ(run.at("results").at(0).at("level"), "error");
    const auto& invocation = run.at("invocations").at(0);
    EXPECT_EQ(invocation.at("executionSuccessful"), true);
    const auto& notes = invocation.at("toolExecutionNotifications");
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes.at(0).at("message").at("text"), "2 more results left out");
}

TEST(Sarif, MaskedHasNoLiteralThatTheServerQuotes) {
    auto report = samples::one_ok();
    auto& migration = report.migrations[0];
    migration.label = "failed";
    migration.error.emplace().sqlstate = "42601";
    migration.error->line = 3;
    migration.because = "42601 syntax error at or near \"'s3cret'\"";
    EXPECT_NE(render_sarif(report, false).find("s3cret"), std::string::npos);
    EXPECT_EQ(render_sarif(report, true).find("s3cret"), std::string::npos);
}

TEST(Sarif, ASilencedFindingIsSuppressed) {
    auto report = one_with_findings();
    auto& finding = report.migrations[0].findings.at(0);
    finding.allowed_because = "the table is small";
    const auto run = run_of(report);
    // What is silenced comes last.
    const auto& result = run.at("results").back();
    EXPECT_EQ(result.at("ruleId"), finding.rule);
    EXPECT_EQ(result.at("suppressions").at(0).at("justification"), "the table is small");
}

TEST(Sarif, AFailureIsTheRunsOwn) {
    const auto run = run_of(samples::demo());
    const auto& invocation = run.at("invocations").at(0);
    EXPECT_EQ(invocation.at("executionSuccessful"), false);
    const auto& notes = invocation.at("toolExecutionNotifications");
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes.at(0).at("message").at("text").get<std::string>().find("failed 0045"), 0U);
    EXPECT_EQ(run_of(samples::one_ok()).at("invocations").at(0).at("executionSuccessful"), true);
}

TEST(Sarif, ShowsNoRowValues) {
    EXPECT_EQ(render_sarif(samples::hostile()).find("ada@example.org"), std::string::npos);
}

TEST(Sarif, APathIsAUri) {
    auto report = one_with_findings();
    auto& migration = report.migrations.at(0);
    const struct {
        const char* path;
        const char* uri;
        bool is_in_checkout;
    } cases[] = {{"db/0001 a#b%.sql", "db/0001%20a%23b%25.sql", true},
                 {"db/\xc3\xa4.sql", "db/%C3%A4.sql", true},
                 {"/srv/db/0001.sql", "/srv/db/0001.sql", false}};
    for (const auto& [path, uri, is_in_checkout] : cases) {
        migration.path = path;
        const auto run = run_of(report);
        const auto& place =
            run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
        EXPECT_EQ(place.at("uri"), uri);
        EXPECT_EQ(place.contains("uriBaseId"), is_in_checkout) << path;
    }
}

}  // namespace
}  // namespace rehearse::report
