#include "rehearse/base/size.hpp"

#include "rules/reading.hpp"
#include "rules/registry.hpp"

#include <algorithm>
#include <cstdint>

namespace rehearse::rules {

namespace {

using observe::StatementObservation;
using sql::StatementKind;

// "More than a few thousand rows is a background job."
constexpr std::int64_t kFewThousandRows = 5'000;
// From here on the WAL and the dead rows are felt far from the table: replicas lag, vacuum works
// for hours.
constexpr std::int64_t kRowsFeltElsewhere = 1'000'000;

std::int64_t rows_changed(const StatementObservation& statement) {
    switch (statement.classification.kind) {
        case StatementKind::insert:
        case StatementKind::update:
        case StatementKind::delete_rows:
        case StatementKind::merge:
        case StatementKind::copy_in:
            return statement.rows.value_or(0);
        default:
            return 0;
    }
}

// Rows of a table that this migration makes are nobody's yet.
bool into_new_table(const RuleInput& input, const StatementObservation& statement) {
    const auto& relations = statement.classification.relations;
    return !relations.empty() && is_made_here(input.observed, statement, relations.front());
}

constexpr std::string_view kUpdateInBatches =
    "Leave it out of the migration: a background job, 1,000 rows at a time, each "
    "batch in a transaction of its own, the last id remembered:\n"
    R"(UPDATE {table} SET ...
WHERE id > :last AND id <= :last + 1000 AND <not yet done>;)";
constexpr std::string_view kDeleteInBatches =
    "Leave it out of the migration: a background job, 1,000 rows at a time; where "
    "whole partitions go, DETACH PARTITION CONCURRENTLY and drop them.\n"
    R"(DELETE FROM {table}
WHERE id IN (SELECT id FROM {table} WHERE ... LIMIT 1000);)";
constexpr std::string_view kLoadInBatches =
    "Leave the rows out of the migration: a background job in batches of 1,000 that can be paused "
    "and resumed.";

std::string instead_for(const StatementObservation& statement) {
    const auto& relations = statement.classification.relations;
    const Values values{{"table", relations.empty() ? "t" : relations.front().text()}};
    switch (statement.classification.kind) {
        case StatementKind::update:
            return filled(kUpdateInBatches, values);
        case StatementKind::delete_rows:
            return filled(kDeleteInBatches, values);
        default:
            return std::string{kLoadInBatches};
    }
}

Severity severity_of(std::int64_t rows, bool new_table) {
    if (new_table) return Severity::info;
    return rows > kRowsFeltElsewhere ? Severity::danger : Severity::warning;
}

std::string rows_text(std::int64_t rows) {
    return format_count(static_cast<std::uint64_t>(rows)) + " rows";
}

Finding finding_for(const RuleInput& input, const StatementObservation& statement) {
    const auto rows = rows_changed(statement);
    const bool new_table = into_new_table(input, statement);
    auto finding = finding_at(statement, severity_of(rows, new_table));
    finding.evidence = observe::Evidence::exact;
    const auto& relations = statement.classification.relations;
    if (!relations.empty()) finding.relation = relations.front();
    finding.message = command_of(statement) + " changed " + rows_text(rows);
    if (finding.relation) finding.message += " of " + finding.relation->text();
    finding.message += statement.repeated > 1
                           ? " in " + format_count(statement.repeated) + " statements"
                           : " in one statement of " + format_duration(statement.elapsed);
    if (statement.wal_bytes && *statement.wal_bytes > 0) {
        finding.message +=
            ", " + format_bytes(static_cast<std::uint64_t>(*statement.wal_bytes)) + " of WAL";
    }
    finding.instead = instead_for(statement);
    return finding;
}

std::vector<Finding> check(const RuleInput& input) {
    std::vector<Finding> findings;
    std::int64_t rows_of_small_statements = 0;
    for (const auto& statement : input.observed.statements) {
        if (rows_changed(statement) > kFewThousandRows) {
            findings.push_back(finding_for(input, statement));
        } else if (!into_new_table(input, statement)) {
            rows_of_small_statements += rows_changed(statement);
        }
    }
    if (rows_of_small_statements > kFewThousandRows) {
        Finding finding;
        finding.severity = severity_of(rows_of_small_statements, false);
        finding.evidence = observe::Evidence::exact;
        finding.message =
            "changed " + rows_text(rows_of_small_statements) + " in many small statements";
        finding.instead = kLoadInBatches;
        findings.push_back(std::move(finding));
    }
    return findings;
}

}  // namespace

const RuleInfo kRowsChangedInMigration{
    "rows-changed-in-migration",
    5,
    "Every changed row stays locked until the transaction ends, replicas fall behind, and a deploy "
    "that is cancelled throws all the work away.",
    "A background job in batches of 1,000 rows: checkpointed, resumable, pausable.",
    check,
};

}  // namespace rehearse::rules
