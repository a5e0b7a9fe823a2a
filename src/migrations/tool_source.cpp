#include "tool_source.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "history_shapes.hpp"
#include "settings_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <utility>

namespace rehearse::migrations {

namespace {

std::string replaced(std::string text, std::string_view what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

std::string counted(std::size_t count, std::string_view what) {
    return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

}  // namespace

ToolSource::ToolSource(std::string_view tool, std::string_view file_names, const Folder& folder,
                       const SourceOptions& options)
    : tool_(tool), file_names_(file_names), folder_(folder.path()), options_(options) {
    if (options_.history_query.empty()) return;
    throw Error(ErrorKind::usage, "--history-query is for a folder whose files no tool keeps",
                {std::string(tool) +
                 " keeps a history of its own; --history-table names its "
                 "table where that is not " +
                 shape_of(tool).name + "."});
}

void ToolSource::finish_listing(const Folder& folder, const std::vector<std::string>& ignored) {
    if (std::none_of(units_.begin(), units_.end(), [](const Unit& unit) { return unit.runs; })) {
        throw Error(ErrorKind::migrations,
                    "no " + tool() + " migrations in " + folder_.string() +
                        "; found there: " + folder.listing(),
                    {"They are named " + std::string(file_names_) + "."});
    }
    if (const auto finding = finding_about_ignored(ignored, file_names_))
        notes_.push_back(*finding);
    for (Unit& unit : units_) {
        unit.migration.tool = tool_;
        if (!unit.runs) continue;
        folder.readable(fs::relative(unit.migration.path, folder_).string());
    }
    if (!options_.pending_from.empty()) first_asked_for();
}

HistoryShape ToolSource::shape() const {
    return shape_of(tool_);
}

std::vector<Migration> ToolSource::all() const {
    std::vector<Migration> migrations;
    for (const Unit& unit : units_) {
        if (unit.runs) migrations.push_back(unit.migration);
    }
    return migrations;
}

std::size_t ToolSource::first_asked_for() const {
    if (options_.pending_from.empty()) return 0;
    const auto migrations = all();
    const auto& from =
        migrations[index_meant_by(migrations, options_.pending_from, "--pending-from")];
    const auto found = std::find_if(units_.begin(), units_.end(), [&](const Unit& unit) {
        return unit.migration.path == from.path && unit.migration.version == from.version;
    });
    return static_cast<std::size_t>(found - units_.begin());
}

Pending ToolSource::pending(HistoryReader& snapshot) const {
    Pending pending;
    pending.findings = notes_;
    const HistoryShape shape = this->shape();
    const History history = read_history(snapshot, shape, tool_, options_.history_table);
    pending.seen = tool() + ": " + counted(units_.size(), "migration") + " " +
                   std::string(file_names_) + ", " +
                   (history.exists ? state_of(history) : "no table " + shape.name);
    pending.findings.insert(pending.findings.end(), history.findings.begin(),
                            history.findings.end());
    if (history.exists) pending.history = history.table.text();
    const auto more = judge_more(snapshot, history);
    pending.findings.insert(pending.findings.end(), more.begin(), more.end());
    if (has_refusal(pending.findings)) return pending;
    if (history.rows.empty()) {
        if (!judge_missing(pending, history, snapshot)) return pending;
        add_pending(pending, decide_without_rows(first_asked_for()), history);
        return pending;
    }
    if (!options_.pending_from.empty()) {
        pending.findings.push_back(warning("--pending-from is not used: " + state_of(history), ""));
    }
    add_pending(pending, decide(history), history);
    return pending;
}

// The tool would run every file. That is right for a team that begins to use it, and wrong for a
// snapshot that left the history out; --pending-from tells the two apart.
bool ToolSource::judge_missing(Pending& pending, const History& history,
                               HistoryReader& snapshot) const {
    if (!options_.pending_from.empty() || !has_other_tables(snapshot, shape(), history))
        return true;
    const std::string what = history.exists ? history.table.text() + " is empty"
                                            : "the snapshot has no history of " + tool() + " (" +
                                                  history.table.text() + ")";
    std::string hint =
        "Take the snapshot with the rows of the history table (pg_dump without --schema-only and "
        "without -n or -T that leaves it out), name it with --history-table, or say which version "
        "is the first pending one with --pending-from VERSION.";
    if (const auto others = histories_of_others(snapshot, tool_); !others.empty())
        hint = "The snapshot has " + join(others, ", ") +
               ": if the folder is that tool's, say so with --tool. Otherwise: " + hint;
    pending.findings.push_back(refusal(
        what + ", but there are tables: everything would be replayed on top of them", hint));
    return false;
}

void ToolSource::add_pending(Pending& pending, const Decision& decision,
                             const History& history) const {
    pending.findings.insert(pending.findings.end(), decision.findings.begin(),
                            decision.findings.end());
    pending.applied = decision.applied;
    refuse_code(pending, decision);
    if (has_refusal(pending.findings)) return;
    for (const std::size_t index : decision.pending) {
        if (!units_[index].runs) continue;
        Migration migration = units_[index].migration;
        const auto because = decision.because.find(index);
        migration.pending_because = because != decision.because.end() ? because->second
                                    : history.exists ? "not in " + history.table.text()
                                                     : "no history yet";
        record(migration, units_[index], history);
        if (pending.migrations.empty()) {
            std::vector<std::string> first;
            if (!history.exists) first = make_history(shape(), history);
            first.insert(first.end(), decision.before_first.begin(), decision.before_first.end());
            migration.record_before.insert(migration.record_before.begin(), first.begin(),
                                           first.end());
        }
        pending.migrations.push_back(std::move(migration));
    }
}

std::vector<SourceFinding> ToolSource::judge_more(HistoryReader& /*snapshot*/,
                                                  const History& /*history*/) const {
    return {};
}

void ToolSource::refuse_code(Pending& pending, const Decision& decision) const {
    const auto found = std::find_if(decision.pending.begin(), decision.pending.end(),
                                    [&](std::size_t index) { return units_[index].is_code; });
    if (found == decision.pending.end()) return;
    const Migration& migration = units_[*found].migration;
    pending.findings.push_back(
        refusal(migration.path.filename().string() + " is pending and is not SQL: only " + tool() +
                    " itself can run it",
                "Let " + tool() + " run the folder: give its own command with --command.",
                migration.version));
}

Decision ToolSource::decide_without_rows(std::size_t from) const {
    return pending_from(from);
}

std::string ToolSource::state_of(const History& history) const {
    return history.table.text() + " with " + counted(history.rows.size(), "row");
}

Decision ToolSource::pending_unless_in(const std::set<std::string>& keys) const {
    Decision decision;
    for (std::size_t i = 0; i < units_.size(); ++i) {
        if (keys.contains(units_[i].key)) {
            ++decision.applied;
        } else {
            decision.pending.push_back(i);
        }
    }
    return decision;
}

Decision ToolSource::pending_from(std::size_t first) const {
    Decision decision;
    decision.applied = first;
    for (std::size_t i = first; i < units_.size(); ++i) decision.pending.push_back(i);
    return decision;
}

std::optional<std::size_t> ToolSource::unit_with_key(std::string_view key) const {
    const auto found = std::find_if(units_.begin(), units_.end(),
                                    [&](const Unit& unit) { return unit.key == key; });
    if (found == units_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - units_.begin());
}

void tell_versions_apart(std::vector<Unit>& units) {
    std::map<std::string, std::size_t> counts;
    for (const Unit& unit : units) ++counts[unit.migration.version];
    for (Unit& unit : units) {
        if (counts[unit.migration.version] > 1) unit.migration.version = unit.key;
    }
}

void ToolSource::note_older(Decision& decision) const {
    const std::set<std::size_t> pending(decision.pending.begin(), decision.pending.end());
    std::size_t last_applied = units_.size();
    while (last_applied > 0 && pending.contains(last_applied - 1)) --last_applied;
    if (last_applied == 0) return;
    for (const std::size_t index : pending) {
        if (index >= last_applied) break;
        decision.findings.push_back({SourceFinding::Severity::note, units_[index].migration.version,
                                     units_[index].migration.path.filename().string() +
                                         " is older than " +
                                         units_[last_applied - 1].migration.version +
                                         ", which is applied: " + tool() + " runs it all the same",
                                     ""});
    }
}

void ToolSource::note_without_file(Decision& decision, const std::set<std::string>& applied) const {
    std::vector<std::string> missing;
    for (const std::string& key : applied) {
        if (!unit_with_key(key)) missing.push_back(key);
    }
    if (missing.empty()) return;
    decision.findings.push_back(
        {SourceFinding::Severity::note, "",
         "applied and not in the folder: " + listed(missing) + "; " + tool() + " passes over that",
         "Check that --migrations is the folder of this database."});
}

void ToolSource::record_with(Migration& migration, std::vector<std::string> writes) {
    if (migration.transaction_mode == TransactionMode::one_transaction) {
        migration.record_within = std::move(writes);
    } else {
        migration.record_after = std::move(writes);
    }
}

HistoryShape ToolSource::shape_named_by(const char* variable) const {
    HistoryShape shape = shape_of(tool_);
    const char* value = std::getenv(variable);
    if (value == nullptr) return shape;
    if (const auto table = parse_table_name(value)) {
        shape.name = table->name;
        if (!table->schema.empty()) shape.schema = table->schema;
    }
    return shape;
}

bool ToolSource::is_told(std::string_view option) const {
    const auto found = options_.variables.find(tool() + "." + std::string(option));
    return found != options_.variables.end() && is_true(found->second);
}

void refuse_second(const std::vector<Unit>& units, const Unit& second, const std::string& hint) {
    const auto found = std::find_if(units.begin(), units.end(),
                                    [&](const Unit& unit) { return unit.key == second.key; });
    if (found == units.end()) return;
    const fs::path& path = second.migration.path;
    throw Error(ErrorKind::migrations,
                "two files for " + second.key + " in " + path.parent_path().string() + ": " +
                    found->migration.path.filename().string() + " and " + path.filename().string(),
                {hint});
}

std::vector<std::string> make_history(const HistoryShape& shape, const History& history) {
    std::vector<std::string> statements;
    for (const std::string& statement : shape.make) {
        statements.push_back(replaced(replaced(statement, "{table}", history.quoted()), "{schema}",
                                      in_double_quotes(history.table.schema)));
    }
    return statements;
}

}  // namespace rehearse::migrations
