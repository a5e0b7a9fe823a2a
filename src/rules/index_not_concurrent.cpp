#include "rules/reading.hpp"
#include "rules/registry.hpp"

#include <algorithm>

namespace rehearse::rules {

namespace {

using migrations::TransactionMode;
using observe::StatementObservation;
using sql::AlterAction;
using sql::StatementKind;

bool builds_by_constraint(const AlterAction& action) {
    using Kind = AlterAction::Kind;
    return (action.kind == Kind::add_unique || action.kind == Kind::add_primary_key) &&
           !action.using_index;
}

bool could_be_concurrent(const StatementObservation& statement) {
    const auto& what = statement.classification;
    switch (what.kind) {
        case StatementKind::create_index:
        case StatementKind::drop_index:
        case StatementKind::reindex:
            return !what.concurrently;
        case StatementKind::alter_table:
            return std::any_of(what.alter_actions.begin(), what.alter_actions.end(),
                               builds_by_constraint);
        default:
            return false;
    }
}

// CONCURRENTLY is refused in a transaction block, and each way of running a file has its own.
std::string how_to_run_alone(TransactionMode mode) {
    switch (mode) {
        case TransactionMode::whole_file_query:
            return "alone in a file of its own (a file with two statements is one transaction)";
        case TransactionMode::one_transaction:
            return "in a migration of its own, run without the tool's transaction";
        case TransactionMode::autocommit:
            return "outside of BEGIN ... COMMIT";
        case TransactionMode::one_transaction_for_all:
            return "outside of the tool's migrations, which are all one transaction";
        case TransactionMode::pipeline:
            return "in a migration of its own";
    }
    return "";
}

constexpr std::string_view kCreate =
    R"(Build it CONCURRENTLY, {alone}:
CREATE INDEX CONCURRENTLY ... ON {table} ...;)";
constexpr std::string_view kCreateOnPartitioned =
    R"(A partitioned table takes it in steps:
CREATE INDEX parent_idx ON ONLY {table} (...);
CREATE INDEX CONCURRENTLY part_idx ON <each partition> (...);
ALTER INDEX parent_idx ATTACH PARTITION part_idx;)";
constexpr std::string_view kDrop =
    R"(Drop it CONCURRENTLY, {alone}:
DROP INDEX CONCURRENTLY ...;)";
constexpr std::string_view kReindex =
    R"(Rebuild it CONCURRENTLY, {alone}:
REINDEX INDEX CONCURRENTLY ...;)";
constexpr std::string_view kConstraint =
    R"(Build the index first, {alone}, then give it to the constraint:
CREATE UNIQUE INDEX CONCURRENTLY new_key ON {table} (...);
ALTER TABLE {table} ADD CONSTRAINT new_key UNIQUE USING INDEX new_key;)";

std::string_view advice_for(StatementKind kind, bool partitioned) {
    switch (kind) {
        case StatementKind::create_index:
            return partitioned ? kCreateOnPartitioned : kCreate;
        case StatementKind::drop_index:
            return kDrop;
        case StatementKind::reindex:
            return kReindex;
        default:
            return kConstraint;
    }
}

std::vector<Finding> check(const RuleInput& input) {
    std::vector<Finding> findings;
    for (const auto& statement : input.observed.statements) {
        if (!could_be_concurrent(statement)) continue;
        // DROP INDEX and REINDEX INDEX name the index; its table is known by its lock.
        const auto& what = statement.classification;
        const bool names_table =
            what.kind == StatementKind::create_index || what.kind == StatementKind::alter_table;
        const pg::RelationName* table =
            names_table && !what.relations.empty() ? &what.relations.front() : nullptr;
        if (table != nullptr && is_made_here(input.observed, statement, *table)) continue;

        const auto* hold = table != nullptr ? blocking_hold(input.observed, statement, *table)
                                            : blocking_hold(input.observed, statement);
        // The witness looked and saw nobody kept out.
        if (hold == nullptr && statement.evidence == observe::Evidence::exact &&
            !failed_here(input.observed, statement)) {
            continue;
        }
        auto finding = finding_at(
            statement, hold == nullptr ? Severity::warning
                                       : severity_of_blocking(hold->mode, statement.elapsed));
        if (hold != nullptr) table = &kept_from(*hold);
        if (table != nullptr) finding.relation = *table;
        finding.message = command_of(statement);
        if (hold != nullptr) {
            finding.evidence = hold->evidence;
            finding.message += " kept " + std::string{kept_out_by(hold->mode)} + " out of " +
                               table->text() + " for " + format_duration(statement.elapsed);
        } else {
            finding.message += " without CONCURRENTLY keeps writes out of " +
                               (table == nullptr ? std::string{"the table"} : table->text()) +
                               " until it is done";
        }
        const bool partitioned = hold != nullptr && hold->relkind == 'p';
        finding.instead =
            filled(advice_for(what.kind, partitioned),
                   {{"alone", how_to_run_alone(input.planned.migration.transaction_mode)},
                    {"table", table == nullptr ? "t" : table->text()}});
        findings.push_back(std::move(finding));
    }
    return findings;
}

}  // namespace

const RuleInfo kIndexNotConcurrent{
    "index-not-concurrent",
    3,
    "Every write to the table waits until the index is built.",
    "CREATE INDEX CONCURRENTLY, alone in its migration and outside of a transaction.",
    check,
};

}  // namespace rehearse::rules
