#include "rules/reading.hpp"
#include "rules/registry.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace rehearse::rules {

namespace {

// A plain folder has no place for a way back.
constexpr std::array<std::string_view, 1> kToolsWithDownFiles{"golang-migrate"};

constexpr std::string_view kWriteIt =
    "Add {version}_{name}.down.sql that undoes it. Where nothing can be undone, let "
    "the up file say so:\n"
    R"(-- rehearse: allow no-rollback because <what is done instead>)";

std::vector<Finding> check(const RuleInput& input) {
    const auto& migration = input.planned.migration;
    const bool expected = std::find(kToolsWithDownFiles.begin(), kToolsWithDownFiles.end(),
                                    migration.tool) != kToolsWithDownFiles.end();
    if (!expected || migration.down_path) return {};
    Finding finding;
    finding.message = "has no down file";
    finding.instead = filled(kWriteIt, {{"version", migration.version}, {"name", migration.name}});
    return {finding};
}

}  // namespace

const RuleInfo kNoRollback{
    "no-rollback",
    6,
    "When the deploy goes wrong, the schema stays where it is while somebody writes the way back "
    "under pressure.",
    "Write the down file together with the up file, and try both.",
    check,
};

}  // namespace rehearse::rules
