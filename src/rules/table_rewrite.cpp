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

std::vector<Finding> check(const RuleInput& input) {
    std::vector<Finding> findings;
    for (const auto& statement : input.observed.statements) {
        // TRUNCATE takes a new, empty file: nothing is rewritten.
        if (statement.classification.kind == StatementKind::truncate) continue;
        for (const Rewrite& rewrite : statement.rewrites) {
            if (is_made_here(input.observed, statement, rewrite.relation)) continue;
            const auto* hold = blocking_hold(input.observed, statement, rewrite.relation);
            auto finding = finding_at(
                statement, hold == nullptr ? Severity::warning
                                           : severity_of_blocking(hold->mode, statement.elapsed));
            finding.relation = rewrite.relation;
            finding.evidence = hold == nullptr ? observe::Evidence::exact : hold->evidence;
            const auto table = rewrite.relation.text();
            finding.message = "rewrote " + table + ", " +
                              format_bytes(static_cast<std::uint64_t>(std::max<std::int64_t>(
                                  rewrite.bytes_before, rewrite.bytes_after)));
            if (hold != nullptr) finding.message += ", under " + std::string{to_string(hold->mode)};
            finding.message +=
                (hold == nullptr ? " in " : " for ") + format_duration(statement.elapsed);
            finding.instead = filled(advice_for(statement.classification), {{"table", table}});
            findings.push_back(std::move(finding));
        }
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
