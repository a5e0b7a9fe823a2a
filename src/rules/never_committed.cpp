#include "rules/reading.hpp"
#include "rules/registry.hpp"

namespace rehearse::rules {

namespace {

constexpr std::string_view kCommit = R"(End the file with what its BEGIN asks for:
COMMIT;)";

std::vector<Finding> check(const RuleInput& input) {
    const auto& observed = input.observed;
    if (!observed.left_open_by || observed.statements.empty()) return {};
    // One of thousands of statements may be folded into another.
    const auto* begin = find_statement(observed, *observed.left_open_by);
    if (begin == nullptr) begin = &observed.statements.back();
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
