#include "rules/reading.hpp"
#include "rules/registry.hpp"

#include <algorithm>
#include <set>

namespace rehearse::rules {

namespace {

using observe::SchemaChange;
using observe::StatementObservation;

// More than a few thousand rows is work for which nobody should have to wait.
constexpr std::int64_t kManyRows = 10'000;

constexpr std::string_view kTwoSteps =
    R"(Add it NOT VALID, which reads nothing, and validate it in a transaction of its own, which lets everybody work:
ALTER TABLE {table} ADD CONSTRAINT {name} ... NOT VALID;
ALTER TABLE {table} VALIDATE CONSTRAINT {name};)";

bool is_validated_at_once(const SchemaChange& change) {
    return change.kind == SchemaChange::Kind::constraint_added &&
           (change.detail == "check" || change.detail == "foreign key");
}

std::int64_t rows_read(const StatementObservation& statement) {
    std::int64_t rows = 0;
    for (const auto& scan : statement.scans) rows = std::max(rows, scan.rows);
    return rows;
}

std::vector<Finding> check(const RuleInput& input) {
    std::vector<Finding> findings;
    std::set<std::size_t> told;  // a partition's constraint comes with its table's
    for (const SchemaChange& change : input.observed.changes) {
        if (!is_validated_at_once(change) || !change.ordinal) continue;
        const auto* statement = find_statement(input.observed, *change.ordinal);
        if (statement == nullptr || is_made_here(input.observed, *statement, change.relation))
            continue;
        const auto* hold = blocking_hold(input.observed, *statement, change.relation);
        const std::int64_t rows = rows_read(*statement);
        if (hold == nullptr || (rows < kManyRows && statement->elapsed <= kNoticed)) continue;
        if (!told.insert(*change.ordinal).second) continue;

        auto finding = finding_at(*statement, severity_of_blocking(hold->mode, statement->elapsed));
        finding.relation = change.relation;
        finding.evidence = hold->evidence;
        finding.message = "the " + change.detail + " " + change.name + " was validated for " +
                          format_duration(statement->elapsed) + " while " +
                          std::string{kept_out_by(hold->mode)} + " were kept out of " +
                          change.relation.text();
        finding.instead = filled(kTwoSteps, {{"table", change.relation.text()},
                                             {"name", pg::RelationName{"", change.name}.text()}});
        findings.push_back(std::move(finding));
    }
    return findings;
}

}  // namespace

const RuleInfo kValidatedUnderLock{
    "validated-under-lock",
    5,
    "Every row is read to prove a new constraint while writes, and often reads, wait.",
    "ADD CONSTRAINT ... NOT VALID, then VALIDATE CONSTRAINT in a transaction of its own.",
    check,
};

}  // namespace rehearse::rules
