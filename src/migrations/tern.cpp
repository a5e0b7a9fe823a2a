#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "settings_file.hpp"
#include "tern_script.hpp"
#include "tool_source.hpp"

#include <charconv>
#include <cstdint>
#include <map>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kTool = "tern";

// \A(\d+)_.+\.sql\z; nullopt for what tern passes over.
std::optional<std::int32_t> number_of(const std::string& file) {
    constexpr std::string_view kSuffix = ".sql";
    const std::size_t digits = file.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string::npos || file[digits] != '_') return std::nullopt;
    if (!file.ends_with(kSuffix) || file.size() < digits + 2 + kSuffix.size()) return std::nullopt;
    std::int32_t number = 0;
    if (std::from_chars(file.data(), file.data() + digits, number).ec != std::errc{})
        return std::nullopt;
    return number;
}

class TernSource final : public ToolSource {
  public:
    TernSource(const Folder& folder, const SourceOptions& options);

  private:
    void add(std::int32_t number, const std::string& file);
    HistoryShape shape() const override;
    Decision decide(const History& history) const override;
    void record(Migration& migration, const Unit& unit, const History& history) const override;
    std::string state_of(const History& history) const override;

    std::map<std::string, std::string> settings_;
};

TernSource::TernSource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "NUMBER_name.sql", folder, options) {
    if (const auto file = find_settings(folder.path(), "tern.conf"))
        settings_ = read_settings(*file);
    std::vector<std::string> ignored;
    std::map<std::int32_t, std::string> files;
    for (const std::string& file : folder.files()) {
        const auto number = number_of(file);
        if (!number) {
            if (file.ends_with(".sql")) ignored.push_back(file);
            continue;
        }
        const auto [place, is_new] = files.try_emplace(*number, file);
        if (is_new) continue;
        throw Error(ErrorKind::migrations,
                    "two migrations with number " + std::to_string(*number) + " in " +
                        folder.path().string() + ": " + place->second + " and " + file,
                    {"Give one of them the next number; tern refuses to start otherwise."});
    }
    for (const auto& [number, file] : files) {
        const auto expected = static_cast<std::int32_t>(units_.size()) + 1;
        if (number != expected) {
            throw Error(ErrorKind::migrations,
                        "no migration " + std::to_string(expected) + " in " +
                            folder.path().string() + ", but " + file,
                        {"tern's numbers begin with 1 and have no gap; it refuses to start "
                         "otherwise."});
        }
        add(number, file);
    }
    finish_listing(folder, ignored);
}

void TernSource::add(std::int32_t number, const std::string& file) {
    Unit unit;
    unit.key = std::to_string(number);
    const std::size_t separator = file.find('_');
    unit.migration.version = file.substr(0, separator);
    unit.migration.name = file.substr(separator + 1, file.rfind('.') - separator - 1);
    unit.migration.path = folder() / file;
    unit.migration.transaction_mode = TransactionMode::one_transaction;
    unit.migration.sends = Sends::texts;
    const ValueOf values = [settings = settings_, given = options().variables](
                               std::string_view name) -> std::optional<std::string> {
        if (const auto found = given.find(std::string(name)); found != given.end())
            return found->second;
        const auto found = settings.find("data." + std::string(name));
        if (found == settings.end()) return std::nullopt;
        return found->second;
    };
    const auto read = [path = unit.migration.path, folder = folder(), values] {
        return tern_script(read_migration(path), values, path, folder);
    };
    read_ahead(unit.migration, [&](Migration& migration) {
        const TernScript script = read();
        if (script.has_down) migration.down_path = migration.path;
        if (script.in_transaction) return;
        migration.transaction_mode = TransactionMode::autocommit;
        migration.sends = Sends::statements;
    });
    unit.migration.texts = [read] { return std::vector{read().up}; };
    units_.push_back(std::move(unit));
}

HistoryShape TernSource::shape() const {
    HistoryShape shape = ToolSource::shape();
    const auto found = settings_.find("database.version_table");
    const auto table = found == settings_.end() ? std::nullopt : parse_table_name(found->second);
    if (!table) return shape;
    shape.name = table->name;
    if (!table->schema.empty()) shape.schema = table->schema;
    return shape;
}

// One row, the version that the database is at (migrate/migrate.go, MigrateTo).
Decision TernSource::decide(const History& history) const {
    Decision decision;
    if (history.rows.size() > 1) {
        decision.findings.push_back(
            refusal(history.table.text() + " has " + std::to_string(history.rows.size()) +
                        " rows, but tern keeps one",
                    "It may be another tool's table: name the right one with --history-table."));
        return decision;
    }
    const std::string text = text_of(history.rows.front()[0]);
    std::size_t version = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (error == std::errc{} && end == text.data() + text.size() && version <= units_.size())
        return pending_from(version);
    decision.findings.push_back(refusal("current version " + text +
                                            " is outside the folder's 0 to " +
                                            std::to_string(units_.size()) + ": tern stops there",
                                        "Bring the branch up to date, or check --migrations."));
    return decision;
}

// RESET ALL comes first, because the file may have changed search_path.
void TernSource::record(Migration& migration, const Unit& unit, const History& history) const {
    record_with(migration,
                {"RESET ALL", "UPDATE " + history.quoted() + " SET version = " + unit.key});
}

std::string TernSource::state_of(const History& history) const {
    if (history.rows.size() != 1) return ToolSource::state_of(history);
    return history.table.text() + ".version = " + text_of(history.rows.front()[0]);
}

}  // namespace

constinit const Adapter kTern{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<TernSource>(folder, options);
    }};

}  // namespace rehearse::migrations
