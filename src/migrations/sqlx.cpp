#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "checksum.hpp"
#include "settings_file.hpp"
#include "texts.hpp"
#include "tool_source.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <utility>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kTool = "sqlx";
constexpr std::string_view kNoTransaction = "-- no-transaction";

struct SqlxFile {
    std::int64_t version = 0;
    std::string digits;
    std::string description;
    bool is_down = false;
};

// sqlx-core/src/migrate/source.rs: nullopt for what it passes over.
std::optional<SqlxFile> parse_file_name(const std::string& file, const fs::path& folder) {
    const std::size_t separator = file.find('_');
    if (separator == std::string::npos || !file.ends_with(".sql")) return std::nullopt;
    SqlxFile parsed;
    parsed.digits = file.substr(0, separator);
    const char* end = parsed.digits.data() + parsed.digits.size();
    const auto [stop, error] = std::from_chars(parsed.digits.data(), end, parsed.version);
    if (error != std::errc{} || stop != end) {
        throw Error(ErrorKind::migrations,
                    (folder / file).string() + ": " + parsed.digits + " is no version number",
                    {"Move the file out of the folder, or name it without an underscore: sqlx "
                     "stops at NAME_name.sql and passes over names without one."});
    }
    std::string description = file.substr(separator + 1);
    parsed.is_down = description.ends_with(".down.sql");
    const std::string_view suffix = parsed.is_down                     ? ".down.sql"
                                    : description.ends_with(".up.sql") ? ".up.sql"
                                                                       : ".sql";
    while (description.ends_with(suffix)) description.resize(description.size() - suffix.size());
    std::replace(description.begin(), description.end(), '_', ' ');
    parsed.description = description;
    return parsed;
}

// sqlx.toml's ignored-chars = ["\r", "\n"] as they stand there.
std::string characters_in(std::string_view list) {
    constexpr std::array<std::pair<std::string_view, char>, 4> kKnown{
        {{R"("\r")", '\r'}, {R"("\n")", '\n'}, {R"("\t")", '\t'}, {R"(" ")", ' '}}};
    std::string characters;
    for (const auto& [text, character] : kKnown) {
        if (list.find(text) != std::string_view::npos) characters += character;
    }
    return characters;
}

class SqlxSource final : public ToolSource {
  public:
    SqlxSource(const Folder& folder, const SourceOptions& options);

  private:
    void add(const std::string& file, const SqlxFile& parsed);
    HistoryShape shape() const override;
    Decision decide(const History& history) const override;
    void judge_row(Decision& decision, const std::vector<std::optional<std::string>>& row) const;
    void record(Migration& migration, const Unit& unit, const History& history) const override;
    std::string checksum_of(const Unit& unit) const;

    std::map<std::string, std::string> settings_;
    std::string ignored_;
    std::set<std::string> with_way_back_;  // keys of all .down.sql, which count as versions
};

SqlxSource::SqlxSource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "NUMBER_name.sql", folder, options) {
    if (const auto file = find_settings(folder.path(), "sqlx.toml"))
        settings_ = read_settings(*file);
    ignored_ = characters_in(settings_["migrate.ignored-chars"]);
    std::vector<std::string> ignored;
    std::map<std::int64_t, std::string> downs;
    for (const std::string& file : folder.files()) {
        const auto parsed = parse_file_name(file, folder.path());
        if (!parsed) {
            if (file.ends_with(".sql")) ignored.push_back(file);
        } else if (parsed->is_down) {
            downs[parsed->version] = file;
        } else {
            add(file, *parsed);
        }
    }
    std::sort(units_.begin(), units_.end(),
              [](const Unit& a, const Unit& b) { return std::stoll(a.key) < std::stoll(b.key); });
    for (const auto& [version, file] : downs) {
        with_way_back_.insert(std::to_string(version));
        if (const auto index = unit_with_key(std::to_string(version)))
            units_[*index].migration.down_path = folder.path() / file;
    }
    finish_listing(folder, ignored);
}

void SqlxSource::add(const std::string& file, const SqlxFile& parsed) {
    Unit unit;
    unit.key = std::to_string(parsed.version);
    if (const auto other = unit_with_key(unit.key)) {
        throw Error(ErrorKind::migrations,
                    "two migrations with version " + unit.key + " in " + folder().string() + ": " +
                        units_[*other].migration.path.filename().string() + " and " + file,
                    {"Give one of them another number: sqlx cannot write a version down twice."});
    }
    unit.migration.version = parsed.digits;
    unit.migration.name = parsed.description;
    unit.migration.path = folder() / file;
    unit.migration.sends = Sends::texts;
    unit.migration.transaction_mode = TransactionMode::one_transaction;
    read_ahead(unit.migration, [](Migration& migration) {
        if (read_migration(migration.path).starts_with(kNoTransaction))
            migration.transaction_mode = TransactionMode::whole_file_query;
    });
    units_.push_back(std::move(unit));
}

HistoryShape SqlxSource::shape() const {
    HistoryShape shape = ToolSource::shape();
    const auto found = settings_.find("migrate.table-name");
    const auto table = found == settings_.end() ? std::nullopt : parse_table_name(found->second);
    if (!table) return shape;
    shape.name = table->name;
    if (!table->schema.empty()) shape.schema = table->schema;
    return shape;
}

std::string SqlxSource::checksum_of(const Unit& unit) const {
    std::string text = read_migration(unit.migration.path);
    std::erase_if(text, [&](char c) { return ignored_.find(c) != std::string::npos; });
    return digest_of(text, Digest::sha384);
}

// sqlx-core/src/migrate/migrator.rs
Decision SqlxSource::decide(const History& history) const {
    Decision findings;
    std::set<std::string> applied;
    for (const auto& row : history.rows) {
        applied.insert(text_of(row[0]));
        judge_row(findings, row);
    }
    Decision decision = pending_unless_in(applied);
    decision.findings = std::move(findings.findings);
    note_older(decision);
    return decision;
}

void SqlxSource::judge_row(Decision& decision,
                           const std::vector<std::optional<std::string>>& row) const {
    const std::string version = text_of(row[0]);
    const auto index = unit_with_key(version);
    if (!text_of(row[1]).starts_with('t')) {
        decision.findings.push_back(
            refusal("sqlx's history says that " + version +
                        " has not succeeded: it is dirty, and "
                        "sqlx stops there",
                    "Mend production's schema and remove or complete the row, or take another "
                    "snapshot.",
                    version));
    } else if (!index) {
        if (with_way_back_.contains(version) || is_told("ignore-missing")) return;
        decision.findings.push_back(
            refusal(version + " (" + text_of(row[3]) +
                        ") is applied and not in the folder: sqlx stops there",
                    "Bring the branch up to date, or check --migrations. If production runs sqlx "
                    "with --ignore-missing: --set sqlx.ignore-missing=true.",
                    version));
    } else if (lower_cased(text_of(row[2])) != "\\x" + checksum_of(units_[*index])) {
        decision.findings.push_back(
            refusal(units_[*index].migration.path.filename().string() +
                        " was edited after it had been applied: its checksum is not the "
                        "history's, and sqlx stops there",
                    "Put the file back byte for byte, line ends included, and make the change in "
                    "a new migration.",
                    version));
    }
}

// The row first says -1; how long it took is written when the transaction is over.
void SqlxSource::record(Migration& migration, const Unit& unit, const History& history) const {
    record_with(migration, {history.insert({{"version", unit.key},
                                            {"description", quoted_literal(unit.migration.name)},
                                            {"success", "true"},
                                            {"checksum", quoted_literal("\\x" + checksum_of(unit))},
                                            {"execution_time", "-1"}})});
    migration.record_after.push_back("UPDATE " + history.quoted() +
                                     " SET execution_time = 0 WHERE version = " + unit.key);
}

}  // namespace

constinit const Adapter kSqlx{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<SqlxSource>(folder, options);
    }};

}  // namespace rehearse::migrations
