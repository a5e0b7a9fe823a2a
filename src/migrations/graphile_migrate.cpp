#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "graphile_file.hpp"
#include "graphile_settings.hpp"
#include "tool_source.hpp"

#include <algorithm>
#include <map>
#include <regex>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kTool = "graphile-migrate";
constexpr std::string_view kCommitted = "committed";

// graphile-migrate, as `graphile-migrate migrate` runs what was committed (src/migration.ts,
// src/commands/migrate.ts). What is in current.sql is nobody's production yet.
class GraphileMigrateSource final : public ToolSource {
  public:
    GraphileMigrateSource(const Folder& folder, const SourceOptions& options);

  private:
    struct Committed {
        std::string hash;
        std::string previous;
        std::string fault;  // in its hash; empty when it has none
    };
    void list(const Folder& folder, const Folder& committed);
    void add(const fs::path& path, const std::string& number, const std::string& slug);
    void check_chain() const;
    void note_settings();
    Decision decide(const History& history) const override;
    Decision decide_without_rows(std::size_t from) const override;
    Decision completed(Decision decision) const;
    void record(Migration& migration, const Unit& unit, const History& history) const override;

    std::map<std::string, Committed> committed_;  // by key
    std::shared_ptr<const GraphileSettings> settings_;
};

GraphileMigrateSource::GraphileMigrateSource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "NUMBER-name.sql in committed", folder, options),
      settings_(std::make_shared<GraphileSettings>(read_graphile_settings(folder.path()))) {
    std::error_code ignored;
    const fs::path below = folder.path() / kCommitted;
    list(folder, fs::is_directory(below, ignored) ? Folder(below) : folder);
    note_settings();
}

void GraphileMigrateSource::list(const Folder& folder, const Folder& committed) {
    static const std::regex pattern(R"(^([0-9]+)(?:-([-_a-zA-Z0-9]*))?\.sql$)");
    std::vector<std::string> ignored;
    for (const std::string& file : committed.files()) {
        std::smatch match;
        if (std::regex_match(file, match, pattern)) {
            add(committed.readable(file), match[1], match[2]);
        } else if (file.ends_with(".sql")) {
            ignored.push_back(file);
        }
    }
    std::sort(units_.begin(), units_.end(),
              [](const Unit& a, const Unit& b) { return a.key < b.key; });
    check_chain();
    finish_listing(folder, ignored);
}

void GraphileMigrateSource::add(const fs::path& path, const std::string& number,
                                const std::string& slug) {
    Unit unit;
    unit.key = number + ".sql";
    unit.migration.version = number;
    unit.migration.name = slug;
    unit.migration.path = path;
    unit.migration.sends = Sends::texts;
    refuse_second(units_, unit, "Uncommit one of them and commit it again behind the other.");
    const GraphileFile file = read_graphile_file(path);
    unit.migration.transaction_mode =
        file.no_transaction ? TransactionMode::whole_file_query : TransactionMode::one_transaction;
    unit.migration.texts = [path, settings = settings_, given = options().variables] {
        Text body = read_graphile_file(path).body;
        body.sql = with_graphile_values(body.sql, *settings, given, path, body.position.line);
        return std::vector<Text>{std::move(body)};
    };
    Committed committed{file.hash, file.previous, ""};
    const bool is_valid = file.real_hash() == file.hash;
    if (!is_valid && !file.allows_invalid_hash)
        committed.fault = "does not match - " + file.real_hash() + " !== " + file.hash;
    if (is_valid && file.allows_invalid_hash)
        committed.fault = "matches, but its header AllowInvalidHash says that it does not";
    committed_[unit.key] = std::move(committed);
    units_.push_back(std::move(unit));
}

// Each file names the hash of the one before it.
void GraphileMigrateSource::check_chain() const {
    std::string previous;
    for (const Unit& unit : units_) {
        const Committed& one = committed_.at(unit.key);
        if (one.previous != previous) {
            throw Error(ErrorKind::migrations,
                        unit.migration.path.string() + " follows " +
                            (one.previous.empty() ? "no file" : one.previous) +
                            ", but the file before it " +
                            (previous.empty() ? "is not there" : "is " + previous),
                        {"Two branches were merged, or a file is missing: uncommit what came last "
                         "and commit it again; graphile-migrate runs nothing before."});
        }
        previous = one.hash;
    }
}

void GraphileMigrateSource::note_settings() {
    const std::string file = settings_->file.string();
    if (!settings_->is_readable) {
        notes_.push_back(
            warning(file + " cannot be read: its placeholders, settings and actions are not used",
                    "Write it as JSON5, and give values of placeholders with --set NAME=VALUE."));
    }
    if (settings_->has_actions) {
        notes_.push_back(
            warning("beforeAllMigrations and afterAllMigrations of " + file + " are not rehearsed",
                    "Let graphile-migrate run the folder with --command where they matter."));
    }
}

// The newest file of the history says where the database is at.
Decision GraphileMigrateSource::decide(const History& history) const {
    std::string newest;
    for (const auto& row : history.rows) newest = std::max(newest, text_of(row[2]));
    Decision decision;
    for (std::size_t i = 0; i < units_.size(); ++i) {
        if (units_[i].key > newest) {
            decision.pending.push_back(i);
            decision.because[i] = "above " + newest;
        } else {
            ++decision.applied;
        }
    }
    return completed(std::move(decision));
}

Decision GraphileMigrateSource::decide_without_rows(std::size_t from) const {
    return completed(pending_from(from));
}

Decision GraphileMigrateSource::completed(Decision decision) const {
    for (const auto& [name, value] : settings_->pg_settings) {
        decision.before_first.push_back("SELECT pg_catalog.set_config(" + quoted_literal(name) +
                                        ", " + quoted_literal(value) + ", false)");
    }
    for (const std::size_t index : decision.pending) {
        const Unit& unit = units_[index];
        const std::string& fault = committed_.at(unit.key).fault;
        if (fault.empty()) continue;
        decision.findings.push_back(refusal(
            "Hash for " + unit.migration.path.filename().string() + " " + fault,
            "The file was edited after its commit: graphile-migrate stops there, behind those "
            "that come before it. Uncommit it and commit it again.",
            unit.migration.version));
    }
    return decision;
}

void GraphileMigrateSource::record(Migration& migration, const Unit& unit,
                                   const History& history) const {
    const Committed& one = committed_.at(unit.key);
    record_with(migration,
                {history.insert({{"hash", quoted_literal(one.hash)},
                                 {"previous_hash",
                                  one.previous.empty() ? "NULL" : quoted_literal(one.previous)},
                                 {"filename", quoted_literal(unit.key)}})});
}

}  // namespace

constinit const Adapter kGraphileMigrate{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<GraphileMigrateSource>(folder, options);
    }};

}  // namespace rehearse::migrations
