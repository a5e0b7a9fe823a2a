#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "texts.hpp"
#include "tool_source.hpp"

#include <algorithm>
#include <system_error>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kTool = "diesel";
constexpr std::string_view kScript = "up.sql";
// What search_path was before the file, kept by the session itself.
constexpr std::string_view kKept = "'rehearse.search_path'";

enum class Metadata { none, in_transaction, not_in_transaction, says_nothing };

// metadata.toml (migrations_internals/src/lib.rs). One that is there without the key means false,
// and one that is no TOML counts as none.
Metadata metadata_in(std::string_view text) {
    bool in_table = false;
    for (const Line& each : lines_of(text)) {
        std::string_view line = trimmed(each.text.substr(0, each.text.find('#')));
        if (line.empty()) continue;
        in_table |= line.front() == '[';
        if (line.front() == '[') continue;
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) return Metadata::none;
        if (in_table || trimmed(line.substr(0, equals)) != "run_in_transaction") continue;
        const std::string_view value = trimmed(line.substr(equals + 1));
        if (value == "true") return Metadata::in_transaction;
        return value == "false" ? Metadata::not_in_transaction : Metadata::none;
    }
    return Metadata::says_nothing;
}

Metadata metadata_of(const fs::path& folder) {
    try {
        return metadata_in(read_migration(folder / "metadata.toml"));
    } catch (const Error&) {
        return Metadata::none;
    }
}

class DieselSource final : public ToolSource {
  public:
    DieselSource(const Folder& folder, const SourceOptions& options);

  private:
    void add(const std::string& name);
    Decision decide(const History& history) const override;
    Decision decide_without_rows(std::size_t from) const override;
    void judge_metadata(Decision& decision) const;
    void record(Migration& migration, const Unit& unit, const History& history) const override;
};

DieselSource::DieselSource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "NUMBER_name/up.sql", folder, options) {
    std::vector<std::string> ignored;
    for (const std::string& file : folder.files()) {
        if (file.ends_with(".sql")) ignored.push_back(file);
    }
    for (const std::string& name : folder.subfolders()) {
        std::error_code no_matter;
        const fs::path path = folder.path() / name;
        if (fs::exists(fs::symlink_status(path / kScript, no_matter))) {
            add(name);
            continue;
        }
        const auto entries = fs::directory_iterator(path, no_matter);
        const bool is_empty = std::all_of(begin(entries), end(entries), [](const auto& entry) {
            return entry.path().filename().string().starts_with('.');
        });
        if (is_empty) continue;
        throw Error(ErrorKind::migrations, "the migration " + path.string() + " has no up.sql",
                    {"Put it back, or move the folder elsewhere: diesel stops at a folder that "
                     "holds files and no up.sql."});
    }
    // By the version as text, and not by the folder's name, which may have dashes.
    std::stable_sort(units_.begin(), units_.end(),
                     [](const Unit& a, const Unit& b) { return a.key < b.key; });
    finish_listing(folder, ignored);
}

void DieselSource::add(const std::string& name) {
    Unit unit;
    const std::size_t separator = std::min(name.find('_'), name.size());
    unit.key = name.substr(0, separator);
    std::erase(unit.key, '-');
    if (const auto other = unit_with_key(unit.key)) {
        throw Error(ErrorKind::migrations,
                    "two migrations with version " + unit.key + " in " + folder().string() + ": " +
                        units_[*other].migration.path.parent_path().filename().string() + " and " +
                        name,
                    {"Give one of them another version: diesel runs only one of the two, and does "
                     "not say which."});
    }
    std::error_code ignored;
    const fs::path path = folder() / name;
    unit.migration.version = unit.key;
    if (separator < name.size()) unit.migration.name = name.substr(separator + 1);
    unit.migration.path = path / kScript;
    if (fs::exists(path / "down.sql", ignored)) unit.migration.down_path = path / "down.sql";
    unit.migration.sends = Sends::texts;
    const Metadata metadata = metadata_of(path);
    const bool in_transaction = metadata == Metadata::none || metadata == Metadata::in_transaction;
    unit.migration.transaction_mode =
        in_transaction ? TransactionMode::one_transaction : TransactionMode::whole_file_query;
    unit.migration.texts = [file = unit.migration.path] {
        std::string text = read_migration(file);
        if (!trimmed(text).empty()) return std::vector{Text{std::move(text), {}}};
        throw error_at(file, 1, "the file is empty",
                       "diesel refuses it; SELECT 1; does nothing and is taken.");
    };
    units_.push_back(std::move(unit));
}

Decision DieselSource::decide(const History& history) const {
    std::set<std::string> applied;
    for (const auto& row : history.rows) applied.insert(text_of(row[0]));
    Decision decision = pending_unless_in(applied);
    note_older(decision);
    note_without_file(decision, applied);
    judge_metadata(decision);
    return decision;
}

Decision DieselSource::decide_without_rows(std::size_t from) const {
    Decision decision = pending_from(from);
    judge_metadata(decision);
    return decision;
}

void DieselSource::judge_metadata(Decision& decision) const {
    for (const std::size_t index : decision.pending) {
        const fs::path path = units_[index].migration.path.parent_path();
        if (metadata_of(path) != Metadata::says_nothing) continue;
        decision.findings.push_back(
            warning(path.filename().string() +
                        "/metadata.toml does not say run_in_transaction: diesel then runs the "
                        "migration without a transaction",
                    "Write run_in_transaction = true, or false if that is meant.",
                    units_[index].migration.version));
    }
}

// What the file does to search_path ends with it: diesel finds its table by it.
void DieselSource::record(Migration& migration, const Unit& unit, const History& history) const {
    const std::string kept(kKept);
    migration.record_before = {"SELECT pg_catalog.set_config(" + kept +
                               ", pg_catalog.current_setting('search_path'), false)"};
    record_with(migration,
                {"SELECT pg_catalog.set_config('search_path', pg_catalog.current_setting(" + kept +
                     "), false) WHERE pg_catalog.current_setting(" + kept + ", true) <> ''",
                 history.insert({{"version", quoted_literal(unit.key)}})});
}

}  // namespace

constinit const Adapter kDiesel{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<DieselSource>(folder, options);
    }};

}  // namespace rehearse::migrations
