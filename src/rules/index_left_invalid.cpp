#include "rules/reading.hpp"
#include "rules/registry.hpp"

namespace rehearse::rules {

namespace {

constexpr std::string_view kDropIt =
    "Mend what made it fail, and drop the rest before the next attempt (IF NOT EXISTS"
    " would take it for done):\n"
    R"(DROP INDEX CONCURRENTLY IF EXISTS {index};)";

// CREATE INDEX ON ONLY a partitioned table is invalid by design until its parts are attached; only
// a failure leaves one behind that nobody wants (PostgreSQL manual, CREATE INDEX, "Building Indexes
// Concurrently").
std::vector<Finding> check(const RuleInput& input) {
    std::vector<Finding> findings;
    for (const auto& statement : input.observed.statements) {
        if (!failed_here(input.observed, statement)) continue;
        for (const auto& build : statement.index_builds) {
            if (build.valid) continue;
            auto finding = finding_at(statement, Severity::danger);
            finding.relation = build.relation;
            finding.evidence = observe::Evidence::exact;
            const auto index = build.index.text();
            finding.message = "left the index " + index + " behind INVALID: writes to " +
                              build.relation.text() + " pay for it, no query uses it";
            finding.instead = filled(kDropIt, {{"index", index}});
            findings.push_back(std::move(finding));
        }
    }
    return findings;
}

}  // namespace

const RuleInfo kIndexLeftInvalid{
    "index-left-invalid",
    3,
    "Writes keep an index up to date that no query may use, and the next attempt finds its name "
    "taken.",
    "DROP INDEX CONCURRENTLY before the next attempt.",
    check,
};

}  // namespace rehearse::rules
