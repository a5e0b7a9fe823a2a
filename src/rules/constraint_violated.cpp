#include "rehearse/sql/constraint.hpp"

#include "rules/reading.hpp"
#include "rules/registry.hpp"

namespace rehearse::rules {

namespace {

using observe::StatementObservation;

// A rule of its own speaks of NOT NULL.
constexpr std::string_view kNotNullViolation = "23502";

constexpr std::string_view kMendFirst =
    R"(Hold new rows to it now, mend the old ones from a background job in batches, validate it in a later migration:
ALTER TABLE {table} ADD CONSTRAINT c ... NOT VALID;
-- when no row violates it any more:
ALTER TABLE {table} VALIDATE CONSTRAINT c;)";
constexpr std::string_view kMendDuplicates =
    "Let the code make no new duplicates, mend the old ones from a background job in batches, "
    "build "
    "the index when there are none left.";

constexpr std::string_view kMoveRows =
    R"(Those rows belong in another partition: move them there in batches before this runs:
WITH moved AS (DELETE FROM {table} WHERE <they belong elsewhere> RETURNING *)
INSERT INTO <where they belong> (...) SELECT ... FROM moved;)";

// Rows that are outside a partition's bound, or those of the default partition inside it.
bool makes_a_partition(const StatementObservation& statement) {
    const auto added = sql::constraints_added_by(statement.sql);
    return !added.empty() && !added.front().bound.empty();
}

std::string_view advice_for(const StatementObservation& statement,
                            const observe::Violations& violations) {
    if (violations.duplicate_keys) return kMendDuplicates;
    return makes_a_partition(statement) ? kMoveRows : kMendFirst;
}

std::string amount_of(const observe::Violations& violations) {
    if (!violations.rows) return "rows of " + violations.relation.text() + " violate it";
    const bool is_one = *violations.rows == 1;
    std::string amount = std::to_string(*violations.rows) + (is_one ? " row of " : " rows of ") +
                         violations.relation.text() + (is_one ? " violates it" : " violate it");
    if (violations.duplicate_keys) {
        amount += ", with " + std::to_string(*violations.duplicate_keys) + " duplicate key" +
                  (*violations.duplicate_keys == 1 ? "" : "s");
    }
    return amount;
}

std::vector<Finding> check(const RuleInput& input) {
    const auto& failure = input.observed.failure;
    if (!failure || !failure->violations || failure->error.sqlstate.is(kNotNullViolation))
        return {};
    const auto* statement = find_statement(input.observed, failure->ordinal);
    // Of a build that leaves an INVALID index, another rule speaks.
    if (statement == nullptr || statement->classification.concurrently) return {};
    auto finding = finding_at(*statement, Severity::danger);
    finding.relation = failure->violations->relation;
    finding.evidence = observe::Evidence::exact;
    finding.message = amount_of(*failure->violations);
    finding.instead = filled(advice_for(*statement, *failure->violations),
                             {{"table", failure->violations->relation.text()}});
    return {finding};
}

}  // namespace

const RuleInfo kConstraintViolated{
    "constraint-violated",
    2,
    "The deploy fails on rows that production has.",
    "Mend the rows first, in batches; a NOT VALID constraint keeps new ones right meanwhile.",
    check,
};

}  // namespace rehearse::rules
