#include "rules/registry.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace rehearse::rules {

namespace {

using Allowed = plan::FileSurvey::Allowed;

// A comment speaks of the statement that it stands before, on or in: the first finding of its rule
// from the comment's line on, else the last one before it. All that the rule says of that one
// statement is silenced, and nothing that it says of another.
void silence(std::vector<Finding>& findings, const Allowed& allowed) {
    const Finding* nearest = nullptr;
    for (const auto& finding : findings) {
        if (finding.rule != allowed.rule) continue;
        const bool stands_before = nearest != nullptr && nearest->line.value_or(0) >= allowed.line;
        if (!stands_before) nearest = &finding;
    }
    if (nearest == nullptr) return;
    const auto statement = nearest->statement;
    for (auto& finding : findings) {
        if (finding.rule == allowed.rule && finding.statement == statement) {
            finding.allowed_because = allowed.reason;
        }
    }
}

}  // namespace

std::string_view to_string(Severity severity) {
    switch (severity) {
        case Severity::info:
            return "info";
        case Severity::warning:
            return "warning";
        case Severity::danger:
            return "danger";
    }
    return "info";
}

// In the order of the checklist, then what only a rehearsal sees.
const std::vector<RuleInfo>& all_rules() {
    static const std::vector<RuleInfo> kRules{
        kNotNullWithoutBackfill, kIndexNotConcurrent, kDropColumnStillUsed,
        kRowsChangedInMigration, kNoRollback,         kLockTimeoutUnset,
        kStatementTimeoutUnset,  kCancelledByTimeout, kTableRewrite,
        kHeldUntilCommit,        kIndexLeftInvalid,   kValidatedUnderLock,
        kConstraintViolated,     kNeverCommitted,
    };
    return kRules;
}

std::vector<Finding> findings_of(const RuleInput& input) {
    std::vector<Finding> findings;
    // Of what was not run nothing was seen, and the text alone is not read again.
    if (!input.observed.ran) return findings;
    for (const auto& rule : all_rules()) {
        for (auto& finding : rule.check(input)) {
            finding.rule = rule.id;
            findings.push_back(std::move(finding));
        }
    }
    // What is about the whole migration comes last.
    const auto place = [](const Finding& finding) {
        return finding.statement.value_or(std::numeric_limits<std::size_t>::max());
    };
    std::stable_sort(findings.begin(), findings.end(),
                     [&](const auto& a, const auto& b) { return place(a) < place(b); });
    for (const auto& allowed : input.planned.survey.allowed) silence(findings, allowed);
    return findings;
}

}  // namespace rehearse::rules
