#include "rules/reading.hpp"
#include "rules/registry.hpp"

#include <algorithm>

namespace rehearse::rules {

namespace {

constexpr std::string_view kCommit = R"(End the file with what its BEGIN asks for:
COMMIT;)";

std::vector<Finding> check(const RuleInput& input) {
    if (!input.observed.ends_in_transaction) return {};
    const auto& statements = input.observed.statements;
    const auto begin = std::find_if(statements.rbegin(), statements.rend(), [](const auto& s) {
        return s.classification.kind == sql::StatementKind::begin;
    });
    if (begin == statements.rend()) return {};
    auto finding = finding_at(*begin, Severity::danger);
    finding.evidence = observe::Evidence::exact;
    finding.message =
        "the file ends inside the transaction that begins here: all of it is rolled back";
    finding.instead = kCommit;
    return {finding};
}

}  // namespace

const RuleInfo kNeverCommitted{
    "never-committed",
    6,
    "The tool says that the migration went well, and nothing of it is there.",
    "Let each BEGIN have its COMMIT.",
    check,
};

}  // namespace rehearse::rules
