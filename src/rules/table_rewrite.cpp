#include "rehearse/base/size.hpp"

#include "rules/reading.hpp"
#include "rules/registry.hpp"

#include <algorithm>
#include <cstdint>

namespace rehearse::rules {

namespace {

using observe::Rewrite;
using observe::StatementObservation;
using sql::AlterAction;
using sql::StatementKind;

constexpr std::string_view kAddColumn =
    "Add the column empty, give it its default apart, and fill old rows from a "
    "background job:\n"
    R"(ALTER TABLE {table} ADD COLUMN c ...;                  -- without a default: no rewrite
ALTER TABLE {table} ALTER COLUMN c SET DEFAULT ...;    -- for new rows only)";
constexpr std::string_view kNewColumn =
    "Add a new column beside the old one, let the code write both, fill old rows from"
    " a background job in batches, read the new one, then drop the old one:\n"
    R"(ALTER TABLE {table} ADD COLUMN c_new ...;)";
constexpr std::string_view kRefresh =
    R"(With a unique index on it, readers are let in while it is refreshed:
REFRESH MATERIALIZED VIEW CONCURRENTLY {table};)";
constexpr std::string_view kRepack =
    "pg_repack and pg_squeeze rewrite {table} while it stays in use.";

std::string_view advice_for(const sql::Classification& what) {
    switch (what.kind) {
        case StatementKind::refresh_materialized_view:
            return kRefresh;
        case StatementKind::vacuum:
        case StatementKind::cluster:
            return kRepack;
        default:
            break;
    }
    const bool adds_column =
        std::any_of(what.alter_actions.begin(), what.alter_actions.end(),
                    [](const auto& a) { return a.kind == AlterAction::Kind::add_column; });
    return adds_column ? kAddColumn : kNewColumn;
}

std::uint64_t bytes_of(const Rewrite& rewrite) {
    return static_cast<std::uint64_t>(std::max(rewrite.bytes_before, rewrite.bytes_after));
}

// What the statement wrote anew that was there before it, the largest first.
std::vector<Rewrite> rewrites_of(const RuleInput& input, const StatementObservation& statement) {
    std::vector<Rewrite> rewrites;
    for (const Rewrite& rewrite : statement.rewrites) {
        if (!is_made_here(input.observed, statement, rewrite.relation)) rewrites.push_back(rewrite);
    }
    std::stable_sort(
        rewrites.begin(), rewrites.end(),
        [](const Rewrite& one, const Rewrite& other) { return bytes_of(one) > bytes_of(other); });
    return rewrites;
}

// "audit_log, 4.1 GB", or for a table with its partitions "7 relations, 53.3 MB, the largest
// audit_log_2026_10 with 13.1 MB".
std::string amount_of(const std::vector<Rewrite>& rewrites) {
    const auto largest = rewrites.front().relation.text();
    const auto largest_bytes = format_bytes(bytes_of(rewrites.front()));
    if (rewrites.size() == 1) return largest + ", " + largest_bytes;
    std::uint64_t total = 0;
    for (const Rewrite& rewrite : rewrites) total += bytes_of(rewrite);
    return std::to_string(rewrites.size()) + " relations, " + format_bytes(total) +
           ", the largest " + largest + " with " + largest_bytes;
}

Finding finding_of(const RuleInput& input, const StatementObservation& statement,
                   const std::vector<Rewrite>& rewrites) {
    const auto& largest = rewrites.front().relation;
    const auto* hold = blocking_hold(input.observed, statement, largest);
    auto finding = finding_at(statement, hold == nullptr
                                             ? Severity::warning
                                             : severity_of_blocking(hold->mode, statement.elapsed));
    // Of a partitioned table the reader knows the parent, which the statement names.
    const auto& named = statement.classification.relations;
    finding.relation = rewrites.size() > 1 && !named.empty() ? named.front() : largest;
    finding.evidence = hold == nullptr ? observe::Evidence::exact : hold->evidence;
    finding.message = "rewrote " + amount_of(rewrites);
    if (hold != nullptr) finding.message += ", under " + std::string{to_string(hold->mode)};
    finding.message += (hold == nullptr ? " in " : " for ") + format_duration(statement.elapsed);
    finding.instead =
        filled(advice_for(statement.classification), {{"table", finding.relation->text()}});
    return finding;
}

std::vector<Finding> check(const RuleInput& input) {
    std::vector<Finding> findings;
    for (const auto& statement : input.observed.statements) {
        // TRUNCATE takes a new, empty file: nothing is rewritten.
        if (statement.classification.kind == StatementKind::truncate) continue;
        const auto rewrites = rewrites_of(input, statement);
        if (!rewrites.empty()) findings.push_back(finding_of(input, statement, rewrites));
    }
    return findings;
}

}  // namespace

const RuleInfo kTableRewrite{
    "table-rewrite",
    8,
    "The whole table and its indexes are written anew while nobody can read it, and the disk needs "
    "room for both.",
    "A new column beside the old one, filled in batches; pg_repack instead of VACUUM FULL.",
    check,
};

}  // namespace rehearse::rules
