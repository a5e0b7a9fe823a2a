#include "rehearse/base/text.hpp"
#include "rehearse/report/layout.hpp"
#include "rehearse/report/report.hpp"

#include "report/markup.hpp"
#include "report/phrases.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

// SARIF 2.1.0 (OASIS), for the places that collect what tools find: one result a finding, on its
// line. Public, as Markdown is: no row's values.
namespace rehearse::report {

namespace {

using Json = nlohmann::ordered_json;

// A host shows this many results (GitHub: 5,000 of the first 25,000).
constexpr std::size_t kMostResults = 25'000;

// No rule finds it, and without a result of its own a failure would be on no line: hosts do not
// show what else a log holds.
constexpr const char* kFailed = "migration-failed";

const char* level_of(const std::string& severity) {
    if (severity == "danger") return "error";
    return severity == "warning" ? "warning" : "note";
}

Json location_of(const std::string& path, int line) {
    Json artifact{{"uri", percent_encoded(path)}};
    // An absolute one belongs to no checkout.
    if (!path.starts_with("/")) artifact["uriBaseId"] = "%SRCROOT%";
    Json physical{{"artifactLocation", artifact}};
    physical["region"] = {{"startLine", std::max(1, line)}};
    return {{"physicalLocation", physical}};
}

std::string message_of(const MigrationPart& migration, const FindingPart& finding) {
    auto text = title_of(migration) + ": " + finding.message;
    if (finding.evidence != "exact") text += " (" + finding.evidence + ")";
    const auto advice = advice_of(finding);
    if (!advice.prose.empty()) text += ". Instead: " + advice.prose;
    return printable(text);
}

Json result_of(const MigrationPart& migration, const FindingPart& finding, std::size_t rule) {
    Json result{
        {"ruleId", finding.rule},
        {"ruleIndex", rule},
        {"level", level_of(finding.severity)},
        {"message", {{"text", message_of(migration, finding)}}},
        {"locations", Json::array({location_of(migration.path, finding.line.value_or(1))})}};
    // The same finding of the next run is the same result, also where lines were put before it.
    result["partialFingerprints"] = {
        {"finding/v1", finding.rule + ":" + printable(migration.path) + ":" +
                           printable(finding.relation.value_or("")) + ":" +
                           std::to_string(finding.statement.value_or(0))}};
    if (is_silenced(finding)) {
        result["suppressions"] = Json::array(
            {{{"kind", "inSource"}, {"justification", printable(finding.allowed_because)}}});
    }
    result["properties"] = {{"migration", printable(title_of(migration))},
                            {"label", migration.label},
                            {"elapsed_ms", migration.elapsed_ms},
                            {"evidence", finding.evidence},
                            {"in_change", migration.in_change}};
    return result;
}

// A failed migration is the run's outcome.
Json notification_of(const MigrationPart& migration, bool mask_literals) {
    const auto text = label_text(migration.label) + " " + title_of(migration) + ": " +
                      because_text(migration, mask_literals);
    return {
        {"level", "error"},
        {"message", {{"text", printable(text)}}},
        {"locations", Json::array({location_of(migration.error->path, migration.error->line)})}};
}

Json failed_result_of(const MigrationPart& migration, std::size_t rule, bool mask_literals) {
    Json result{{"ruleId", kFailed}, {"ruleIndex", rule}};
    result.update(notification_of(migration, mask_literals));
    result["partialFingerprints"] = {
        {"finding/v1", std::string{kFailed} + ":" + printable(migration.path)}};
    result["properties"] = {{"migration", printable(title_of(migration))},
                            {"label", migration.label},
                            {"elapsed_ms", migration.elapsed_ms},
                            {"in_change", migration.in_change}};
    return result;
}

Json left_out_notification(std::size_t count) {
    return {{"level", "note"},
            {"message", {{"text", counted(count, "more result") + " left out"}}}};
}

struct Told {
    const MigrationPart* migration = nullptr;
    const FindingPart* finding = nullptr;  // nullptr: that it failed
    // This change's own first, then by how much it matters.
    std::tuple<bool, int> weight() const {
        if (finding == nullptr) return {migration->in_change, 4};
        const auto& severity = finding->severity;
        const int loud = severity == "danger" ? 3 : severity == "warning" ? 2 : 1;
        return {migration->in_change, is_silenced(*finding) ? 0 : loud};
    }
};

// Where a host takes fewer of them, those that are left out matter least.
std::vector<Told> told_of(const Report& report) {
    std::vector<Told> told;
    for (const auto& migration : report.migrations) {
        if (migration.error) told.push_back({&migration, nullptr});
        for (const auto& finding : migration.findings) told.push_back({&migration, &finding});
    }
    std::stable_sort(told.begin(), told.end(),
                     [](const Told& a, const Told& b) { return a.weight() > b.weight(); });
    return told;
}

// Those of this version; a report of another one may name others.
std::vector<std::string> rules_of(const Report& report) {
    std::vector<std::string> ids;
    for (const auto& rule : rules::all_rules()) ids.emplace_back(rule.id);
    ids.emplace_back(kFailed);
    for (const auto& migration : report.migrations) {
        for (const auto& finding : migration.findings) {
            if (std::find(ids.begin(), ids.end(), finding.rule) == ids.end())
                ids.push_back(finding.rule);
        }
    }
    return ids;
}

Json descriptor_of(const std::string& id) {
    Json descriptor{{"id", id}};
    if (id == kFailed) {
        descriptor["shortDescription"] = {{"text", "the migration does not run to its end"}};
    }
    for (const auto& rule : rules::all_rules()) {
        if (rule.id != id) continue;
        descriptor["shortDescription"] = {{"text", rule.does_to_users}};
        descriptor["help"] = {{"text", rule.instead}};
    }
    return descriptor;
}

}  // namespace

std::string render_sarif(const Report& report, bool mask_literals) {
    const auto ids = rules_of(report);
    Json rules = Json::array();
    for (const auto& id : ids) rules.push_back(descriptor_of(id));

    const auto index_of = [&ids](const std::string& id) {
        return static_cast<std::size_t>(std::find(ids.begin(), ids.end(), id) - ids.begin());
    };

    Json notifications = Json::array();
    for (const auto& migration : report.migrations) {
        if (migration.error) notifications.push_back(notification_of(migration, mask_literals));
    }
    const bool has_failed = !notifications.empty();
    auto told = told_of(report);
    if (told.size() > kMostResults) {
        notifications.push_back(left_out_notification(told.size() - kMostResults));
        told.resize(kMostResults);
    }
    Json results = Json::array();
    for (const auto& [migration, finding] : told) {
        results.push_back(finding == nullptr
                              ? failed_result_of(*migration, index_of(kFailed), mask_literals)
                              : result_of(*migration, *finding, index_of(finding->rule)));
    }

    const Json driver{{"name", "rehearse"}, {"version", report.tool_version}, {"rules", rules}};
    Json invocation{{"executionSuccessful", !has_failed},
                    {"startTimeUtc", report.started_at},
                    {"endTimeUtc", report.finished_at}};
    if (!notifications.empty()) invocation["toolExecutionNotifications"] = notifications;
    Json run{{"tool", {{"driver", driver}}},
             {"automationDetails", {{"id", "rehearse/" + report.run_id}}},
             {"columnKind", "unicodeCodePoints"},
             {"invocations", Json::array({invocation})},
             {"properties", {{"label", report.label}}}};
    run["results"] = std::move(results);
    Json log{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}};
    log["runs"].push_back(std::move(run));
    return log.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace rehearse::report
