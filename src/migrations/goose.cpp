#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "goose_script.hpp"
#include "tool_source.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <map>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kTool = "goose";

// migration.go, NumericComponent; nullopt for what is no migration's name.
std::optional<std::int64_t> version_of(const std::string& file) {
    const std::size_t end = file.find('_');
    std::int64_t version = 0;
    if (end == std::string::npos) return std::nullopt;
    const auto [stop, error] = std::from_chars(file.data(), file.data() + end, version);
    if (error != std::errc{} || stop != file.data() + end || version < 1) return std::nullopt;
    return version;
}

ValueOf environment_with(const std::map<std::string, std::string>& given) {
    return [given](std::string_view name) -> std::optional<std::string> {
        const std::string key(name);
        if (const auto found = given.find(key); found != given.end()) return found->second;
        if (const char* value = std::getenv(key.c_str())) return value;
        return std::nullopt;
    };
}

// Rows count whatever is_applied says: only a goose of old wrote false, when it rolled back.
std::set<std::int64_t> versions_in(const History& history) {
    std::set<std::int64_t> versions{0};
    for (const auto& row : history.rows) {
        const std::string text = text_of(row[1]);
        std::int64_t version = 0;
        std::from_chars(text.data(), text.data() + text.size(), version);
        versions.insert(version);
    }
    return versions;
}

class GooseSource final : public ToolSource {
  public:
    GooseSource(const Folder& folder, const SourceOptions& options);

  private:
    void add(std::int64_t version, const std::string& file);
    void note_unnumbered(const std::vector<std::string>& files);
    HistoryShape shape() const override { return shape_named_by("GOOSE_TABLE"); }
    Decision decide(const History& history) const override;
    Decision decide_without_rows(std::size_t from) const override;
    void judge_older(Decision& decision, std::int64_t highest) const;
    void judge_go(Decision& decision) const;
    void record(Migration& migration, const Unit& unit, const History& history) const override;
    std::string state_of(const History& history) const override;
};

GooseSource::GooseSource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "NUMBER_name.sql", folder, options) {
    std::map<std::int64_t, std::string> versions;
    std::vector<std::string> unnumbered;
    for (const std::string& file : folder.files()) {
        const bool is_sql = file.ends_with(".sql");
        if (!is_sql && (!file.ends_with(".go") || file.ends_with("_test.go"))) continue;
        const auto version = version_of(file);
        if (!version) {
            if (is_sql) unnumbered.push_back(file);
            continue;
        }
        const auto [place, is_new] = versions.try_emplace(*version, file);
        if (is_new) continue;
        throw Error(ErrorKind::migrations,
                    "two migrations with version " + std::to_string(*version) + " in " +
                        folder.path().string() + ": " + place->second + " and " + file,
                    {"Give one of them another number; goose refuses to start otherwise."});
    }
    for (const auto& [version, file] : versions) add(version, file);
    note_unnumbered(unnumbered);
    finish_listing(folder, {});
}

void GooseSource::add(std::int64_t version, const std::string& file) {
    Unit unit;
    unit.key = std::to_string(version);
    unit.runs = file.ends_with(".sql");
    const std::size_t separator = file.find('_');
    unit.migration.version = file.substr(0, separator);
    unit.migration.name = file.substr(separator + 1, file.rfind('.') - separator - 1);
    unit.migration.path = folder() / file;
    unit.migration.sends = Sends::texts;
    unit.migration.transaction_mode = TransactionMode::one_transaction;
    if (unit.runs) {
        const auto values = environment_with(options().variables);
        read_ahead(unit.migration, [&](Migration& migration) {
            const auto script =
                goose_script(read_migration(migration.path), values, migration.path);
            if (!script.in_transaction) migration.transaction_mode = TransactionMode::autocommit;
            if (script.has_down) migration.down_path = migration.path;
        });
        unit.migration.texts = [path = unit.migration.path, values] {
            return goose_script(read_migration(path), values, path).up;
        };
    }
    units_.push_back(std::move(unit));
}

void GooseSource::note_unnumbered(const std::vector<std::string>& files) {
    if (files.empty()) return;
    notes_.push_back(warning("no migrations by their names: " + listed(files) +
                                 "; the goose command refuses the folder, a program that has "
                                 "goose built in passes over them",
                             "Migrations are named NUMBER_name.sql, the number from 1 on."));
}

// As `goose up` does (internal/gooseutil/resolve.go).
Decision GooseSource::decide(const History& history) const {
    const std::set<std::int64_t> versions = versions_in(history);
    std::set<std::string> applied;
    for (const std::int64_t version : versions) {
        if (version > 0) applied.insert(std::to_string(version));
    }
    Decision decision = pending_unless_in(applied);
    judge_older(decision, *versions.rbegin());
    judge_go(decision);
    note_without_file(decision, applied);
    return decision;
}

Decision GooseSource::decide_without_rows(std::size_t from) const {
    Decision decision = pending_from(from);
    judge_go(decision);
    return decision;
}

void GooseSource::judge_older(Decision& decision, std::int64_t highest) const {
    if (is_told("allow-missing")) return;
    std::vector<std::string> older;
    for (const std::size_t index : decision.pending) {
        if (std::stoll(units_[index].key) < highest)
            older.push_back(units_[index].migration.path.filename().string());
    }
    if (older.empty()) return;
    decision.findings.push_back(refusal(
        "missing migrations before the current version " + std::to_string(highest) + ": " +
            listed(older) + "; goose up stops there",
        "Give them numbers above " + std::to_string(highest) +
            ". If production runs goose with -allow-missing: --set goose.allow-missing=true."));
}

void GooseSource::judge_go(Decision& decision) const {
    for (const std::size_t index : decision.pending) {
        if (units_[index].runs) continue;
        const Migration& migration = units_[index].migration;
        decision.findings.push_back(warning(
            migration.path.filename().string() +
                " is written in Go: it is pending and the rehearsal leaves it out",
            "Rehearse with --command and your goose if what it does matters.", migration.version));
    }
}

void GooseSource::record(Migration& migration, const Unit& unit, const History& history) const {
    record_with(migration, {history.insert({{"version_id", unit.key}, {"is_applied", "true"}})});
}

std::string GooseSource::state_of(const History& history) const {
    return history.table.text() + " at version " + std::to_string(*versions_in(history).rbegin());
}

}  // namespace

constinit const Adapter kGoose{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<GooseSource>(folder, options);
    }};

}  // namespace rehearse::migrations
