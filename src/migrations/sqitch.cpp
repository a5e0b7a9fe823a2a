#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "checksum.hpp"
#include "psql_variables.hpp"
#include "sqitch_plan.hpp"
#include "texts.hpp"
#include "tool_source.hpp"

#include <algorithm>
#include <system_error>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kTool = "sqitch";

// `sqitch deploy`: each change of the plan through psql -f (lib/App/Sqitch/Engine/pg.pm). The
// folder is the one with sqitch.plan or its deploy folder.
class SqitchSource final : public ToolSource {
  public:
    SqitchSource(const Folder& folder, const SourceOptions& options);

  private:
    void add(const fs::path& top, const SqitchChange& change);
    Decision decide(const History& history) const override;
    void record(Migration& migration, const Unit& unit, const History& history) const override;
    std::string state_of(const History& history) const override;
    // The project's change that was deployed last.
    const std::vector<std::optional<std::string>>* latest(const History& history) const;

    SqitchPlan plan_;
};

SqitchSource::SqitchSource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "deploy/NAME.sql by sqitch.plan", folder, options) {
    const bool is_top = folder.has_file("sqitch.plan");
    const fs::path top = is_top ? folder.path() : folder.path() / "..";
    std::error_code ignored;
    if (!fs::exists(top / "sqitch.plan", ignored)) {
        throw Error(ErrorKind::migrations, "no sqitch.plan in " + folder.path().string(),
                    {"Give the folder that holds it with --migrations DIR."});
    }
    check_psql_variables(options.variables);
    plan_ = read_sqitch_plan(top / "sqitch.plan");
    for (const SqitchChange& change : plan_.changes) add(top, change);
    finish_listing(folder, {});
}

void SqitchSource::add(const fs::path& top, const SqitchChange& change) {
    Unit unit;
    unit.key = change.id;
    unit.migration.version = change.script;
    unit.migration.path = top / "deploy" / (change.script + ".sql");
    std::error_code ignored;
    if (!fs::exists(unit.migration.path, ignored)) {
        throw Error(ErrorKind::migrations,
                    "sqitch.plan:" + std::to_string(change.line) + ": the change " + change.name +
                        " has no " + unit.migration.path.string(),
                    {"Put the script back, or take the change out of the plan."});
    }
    const fs::path revert = top / "revert" / (change.script + ".sql");
    if (fs::exists(revert, ignored)) unit.migration.down_path = revert;
    unit.migration.transaction_mode = TransactionMode::autocommit;
    unit.migration.through_psql = true;
    // As sqitch gives it; a --set of that name comes before.
    unit.migration.psql_variables = options().variables;
    unit.migration.psql_variables.try_emplace("registry", shape().schema);
    units_.push_back(std::move(unit));
}

const std::vector<std::optional<std::string>>* SqitchSource::latest(const History& history) const {
    const std::vector<std::optional<std::string>>* found = nullptr;
    for (const auto& row : history.rows) {
        if (text_of(row[3]) != plan_.project) continue;
        if (found == nullptr || text_of(row[4]) > text_of((*found)[4])) found = &row;
    }
    return found;
}

Decision SqitchSource::decide(const History& history) const {
    const auto* row = latest(history);
    if (row == nullptr) return pending_from(0);
    const auto at = unit_with_key(text_of((*row)[0]));
    if (!at) {
        Decision decision;
        decision.findings.push_back(refusal(
            "the snapshot's last change " + text_of((*row)[2]) + " (" +
                text_of((*row)[0]).substr(0, 10) + ") is not in the plan: sqitch stops there",
            "Bring the branch up to date. A change that was edited in the plan (its name, note, "
            "date, planner, or those of one before it) is another change."));
        return decision;
    }
    Decision decision = pending_from(*at + 1);
    for (const std::size_t pending : decision.pending)
        decision.because[pending] = "after " + text_of((*row)[2]) + " in the plan";
    return decision;
}

void SqitchSource::record(Migration& migration, const Unit& unit, const History& history) const {
    if (!history.exists) return;
    const SqitchChange& change = plan_.changes[static_cast<std::size_t>(&unit - units_.data())];
    const std::string schema = in_double_quotes(history.table.schema);
    const std::vector<std::pair<std::string, std::string>> common{
        {"change_id", quoted_literal(change.id)},
        {"change", quoted_literal(change.name)},
        {"project", quoted_literal(plan_.project)},
        {"note", quoted_literal(change.note)},
        {"committer_name", quoted_literal(change.planner_name)},
        {"committer_email", quoted_literal(change.planner_email)},
        {"planned_at", quoted_literal(change.timestamp)},
        {"planner_name", quoted_literal(change.planner_name)},
        {"planner_email", quoted_literal(change.planner_email)}};
    auto deployed = common;
    deployed.emplace_back("script_hash", quoted_literal(digest_of(
                                             read_migration(unit.migration.path), Digest::sha1)));
    auto event = common;
    event.emplace_back("event", "'deploy'");
    for (const auto& [column, names] : {std::pair{"requires", &change.requirements},
                                        {"conflicts", &change.conflicts},
                                        {"tags", &change.tags}}) {
        std::vector<std::string> values;
        for (const std::string& name : *names) values.push_back(quoted_literal(name));
        event.emplace_back(column, "ARRAY[" + join(values, ", ") + "]::text[]");
    }
    History events = history;
    events.table.name = "events";
    migration.record_after = {
        "INSERT INTO " + schema + ".projects (project, uri, creator_name, creator_email) SELECT " +
            quoted_literal(plan_.project) + ", " +
            (plan_.uri.empty() ? "NULL" : quoted_literal(plan_.uri)) + ", " +
            quoted_literal(change.planner_name) + ", " + quoted_literal(change.planner_email) +
            " WHERE NOT EXISTS (SELECT FROM " + schema +
            ".projects WHERE project = " + quoted_literal(plan_.project) + ")",
        history.insert(deployed), events.insert(event)};
}

std::string SqitchSource::state_of(const History& history) const {
    const auto* row = latest(history);
    return ToolSource::state_of(history) +
           (row == nullptr ? "" : ", last change " + text_of((*row)[2]));
}

}  // namespace

constinit const Adapter kSqitch{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<SqitchSource>(folder, options);
    }};

}  // namespace rehearse::migrations
