#include "rules/reading.hpp"
#include "rules/registry.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace rehearse::rules {

namespace {

// Where each tool keeps the way back. The others, and a plain folder, have no place for one.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kWaysBack{{
    {"golang-migrate", "Add {version}_{name}.down.sql that undoes it."},
    {"diesel", "Add a down.sql beside its up.sql that undoes it."},
    {"postgrator", "Add {version}.undo.{name}.sql that undoes it."},
    {"sqitch", "Add revert/{version}.sql that undoes it."},
    {"goose", "Add what undoes it below a line \"-- +goose Down\"."},
    {"dbmate", "Add what undoes it below a line \"-- migrate:down\"."},
    {"sql-migrate", "Add what undoes it below a line \"-- +migrate Down\"."},
    {"node-pg-migrate", "Add what undoes it below a line \"-- Down Migration\"."},
    {"tern", "Add what undoes it below a line \"---- create above / drop below ----\"."},
    {"mybatis", "Add what undoes it below a line \"-- //@UNDO\"."},
    {"liquibase", "Add a line \"--rollback SQL\" that undoes it."},
}};

constexpr std::string_view kOrSayWhy =
    " Where nothing can be undone, let the migration say so:\n"
    R"(-- rehearse: allow no-rollback because <what is done instead>)";

std::vector<Finding> check(const RuleInput& input) {
    const auto& migration = input.planned.migration;
    const auto way = std::find_if(kWaysBack.begin(), kWaysBack.end(),
                                  [&](const auto& one) { return one.first == migration.tool; });
    if (way == kWaysBack.end() || migration.down_path) return {};
    Finding finding;
    finding.message = "has no way back";
    finding.instead = filled(std::string(way->second) + std::string(kOrSayWhy),
                             {{"version", migration.version}, {"name", migration.name}});
    return {finding};
}

}  // namespace

const RuleInfo kNoRollback{
    "no-rollback",
    6,
    "When the deploy goes wrong, the schema stays where it is while somebody writes the way back "
    "under pressure.",
    "Write the way back together with the way up, and try both.",
    check,
};

}  // namespace rehearse::rules
