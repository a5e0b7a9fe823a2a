#include "rules/reading.hpp"
#include "rules/registry.hpp"

namespace rehearse::rules {

namespace {

constexpr std::string_view kThreeDeploys =
    "This is the third of three deploys: stop writing {column}, stop reading it (also"
    " SELECT * and the ORM's column list), then drop it. When the first two are out:\n"
    R"(-- rehearse: allow drop-column-still-used because unused since <release>)";
constexpr std::string_view kWithoutCascade =
    "Drop what uses {column} by name first, where it can be seen, then the column "
    "without CASCADE:\n"
    R"(ALTER TABLE ... DROP COLUMN {column};)";

// Whether deployed code still names the column cannot be seen from here: a reminder, unless CASCADE
// would also take views and constraints along that nobody listed.
std::vector<Finding> check(const RuleInput& input) {
    std::vector<Finding> findings;
    for (const auto& statement : input.observed.statements) {
        const auto& what = statement.classification;
        if (what.relations.empty() ||
            is_made_here(input.observed, statement, what.relations.front())) {
            continue;
        }
        const auto& table = what.relations.front();
        for (const auto& action : what.alter_actions) {
            if (action.kind != sql::AlterAction::Kind::drop_column) continue;
            auto finding =
                finding_at(statement, action.cascade ? Severity::warning : Severity::info);
            finding.relation = table;
            const auto column = pg::RelationName{"", action.column}.text();
            finding.message = "drops column " + column + " of " + table.text();
            finding.message += action.cascade
                                   ? " with CASCADE: views and constraints that use it go as well"
                                   : ": code that still reads or writes it fails at once";
            finding.instead =
                filled(action.cascade ? kWithoutCascade : kThreeDeploys, {{"column", column}});
            findings.push_back(std::move(finding));
        }
    }
    return findings;
}

}  // namespace

const RuleInfo kDropColumnStillUsed{
    "drop-column-still-used",
    4,
    "Servers that still run the old code name the column and get an error for every such query "
    "until they are replaced.",
    "Three deploys: stop writing the column, stop reading it, drop it.",
    check,
};

}  // namespace rehearse::rules
