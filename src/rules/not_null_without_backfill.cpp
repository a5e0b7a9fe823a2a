#include "rules/reading.hpp"
#include "rules/registry.hpp"

#include <algorithm>
#include <optional>

namespace rehearse::rules {

namespace {

using observe::MigrationObservation;
using observe::StatementObservation;
using sql::AlterAction;
using sql::StatementKind;

constexpr std::string_view kNotNullViolation = "23502";

constexpr std::string_view kTwoMigrations =
    R"(Two migrations with a batched backfill between them:
ALTER TABLE {table} ADD COLUMN {column} ...;
-- deploy code that writes it, fill old rows in batches, then in turn:
ALTER TABLE {table} ADD CONSTRAINT {check}
  CHECK ({column} IS NOT NULL) NOT VALID;
ALTER TABLE {table} VALIDATE CONSTRAINT {check};
-- the valid CHECK spares SET NOT NULL its scan
ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;
ALTER TABLE {table} DROP CONSTRAINT {check};)";

std::string instead_for(const pg::RelationName& table, const std::string& column) {
    return filled(kTwoMigrations, {{"table", table.text()},
                                   {"column", pg::RelationName{"", column}.text()},
                                   {"check", pg::RelationName{"", column + "_not_null"}.text()}});
}

const StatementObservation* update_before(const MigrationObservation& observed,
                                          const StatementObservation& statement,
                                          const pg::RelationName& table) {
    const auto found =
        std::find_if(observed.statements.begin(), observed.statements.end(), [&](const auto& s) {
            return s.ordinal < statement.ordinal &&
                   s.classification.kind == StatementKind::update &&
                   !s.classification.relations.empty() &&
                   is_same(s.classification.relations.front(), table);
        });
    return found == observed.statements.end() ? nullptr : &*found;
}

std::optional<Finding> judged(const MigrationObservation& observed,
                              const StatementObservation& statement, const AlterAction& action,
                              const pg::RelationName& table) {
    const bool sets_not_null = action.kind == AlterAction::Kind::set_not_null;
    const bool adds_without_default =
        action.kind == AlterAction::Kind::add_column && action.not_null && !action.has_default;
    if (!sets_not_null && !adds_without_default) return std::nullopt;

    const auto column = table.text() + "." + pg::RelationName{"", action.column}.text();
    const auto* hold = blocking_hold(observed, statement, table);
    auto finding = finding_at(statement, Severity::warning);
    if (failed_here(observed, statement)) {
        if (!observed.failure->error.sqlstate.is(kNotNullViolation)) return std::nullopt;
        finding.severity = Severity::danger;
        finding.evidence = observe::Evidence::exact;
        finding.message = column + " cannot be NOT NULL: there are rows without a value for it";
    } else if (adds_without_default) {
        // On a table with rows this would have failed with 23502.
        finding.message = "adds " + column +
                          " NOT NULL without a default; that works while the table is empty, and "
                          "code that does not know the column cannot insert any more";
    } else if (const auto* backfill = update_before(observed, statement, table)) {
        finding.message = "sets " + column + " NOT NULL in the migration that fills it (line " +
                          std::to_string(backfill->position.line) + ")";
        if (hold != nullptr) {
            finding.severity =
                std::max(finding.severity, severity_of_blocking(hold->mode, statement.elapsed));
        }
    } else if (statement.elapsed > kNoticed) {
        if (hold != nullptr) {
            finding.severity = severity_of_blocking(hold->mode, statement.elapsed);
            finding.evidence = hold->evidence;
        }
        finding.message = "SET NOT NULL read all of " + table.text() + " for " +
                          format_duration(statement.elapsed) + " while nobody could use it";
    } else {
        return std::nullopt;
    }
    finding.relation = table;
    finding.instead = instead_for(table, action.column);
    return finding;
}

std::vector<Finding> check(const RuleInput& input) {
    std::vector<Finding> findings;
    for (const auto& statement : input.observed.statements) {
        const auto& what = statement.classification;
        if (what.relations.empty()) continue;
        const auto& table = what.relations.front();
        if (is_made_here(input.observed, statement, table)) continue;
        for (const auto& action : what.alter_actions) {
            if (auto finding = judged(input.observed, statement, action, table)) {
                findings.push_back(std::move(*finding));
            }
        }
    }
    return findings;
}

}  // namespace

const RuleInfo kNotNullWithoutBackfill{
    "not-null-without-backfill",
    2,
    "SET NOT NULL reads the whole table while nobody can use it, and one row without a value fails "
    "the deploy.",
    "Two migrations with a batched backfill between them, and a validated CHECK as the proof.",
    check,
};

}  // namespace rehearse::rules
