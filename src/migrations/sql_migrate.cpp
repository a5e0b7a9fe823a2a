#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "numbering.hpp"
#include "settings_file.hpp"
#include "sql_migrate_script.hpp"
#include "tool_source.hpp"

#include <algorithm>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kTool = "sql-migrate";

std::string leading_digits(const std::string& file) {
    return file.substr(0, file.find_first_not_of("0123456789"));
}

// migrate.go, Migration.Less: those with a number first, by it; then by name.
bool stands_before(const std::string& a, const std::string& b) {
    const Numbering number_a(leading_digits(a));
    const Numbering number_b(leading_digits(b));
    if (number_a.empty() != number_b.empty()) return number_b.empty();
    if (number_a != number_b) return number_a < number_b;
    return a < b;
}

class SqlMigrateSource final : public ToolSource {
  public:
    SqlMigrateSource(const Folder& folder, const SourceOptions& options);

  private:
    void add(const std::string& file);
    HistoryShape shape() const override;
    Decision decide(const History& history) const override;
    void record(Migration& migration, const Unit& unit, const History& history) const override;
};

SqlMigrateSource::SqlMigrateSource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "NUMBER-name.sql", folder, options) {
    std::vector<std::string> files;
    for (const std::string& file : folder.files()) {
        if (file.ends_with(".sql")) files.push_back(file);
    }
    std::sort(files.begin(), files.end(), stands_before);
    for (const std::string& file : files) {
        folder.readable(file);
        add(file);
    }
    finish_listing(folder, {});
}

// All of them are read before anything else, the applied ones too: a fault in any stops the tool.
void SqlMigrateSource::add(const std::string& file) {
    Unit unit;
    unit.key = file;
    const std::string stem = file.substr(0, file.size() - std::string_view(".sql").size());
    const std::string digits = leading_digits(stem);
    unit.migration.version = digits.empty() ? stem : digits;
    if (!digits.empty())
        unit.migration.name = stem.substr(std::min(digits.size() + 1, stem.size()));
    unit.migration.path = folder() / file;
    unit.migration.sends = Sends::texts;
    const auto script =
        sql_migrate_script(read_migration(unit.migration.path), unit.migration.path);
    unit.migration.transaction_mode =
        script.in_transaction ? TransactionMode::one_transaction : TransactionMode::autocommit;
    if (script.has_down) unit.migration.down_path = unit.migration.path;
    unit.migration.texts = [path = unit.migration.path] {
        return sql_migrate_script(read_migration(path), path).up;
    };
    units_.push_back(std::move(unit));
}

// dbconfig.yml has a section for each environment, which name the same table.
HistoryShape SqlMigrateSource::shape() const {
    HistoryShape shape = ToolSource::shape();
    const auto file = find_settings(folder(), "dbconfig.yml");
    if (!file) return shape;
    const auto settings = read_settings(*file);
    const auto take = [&](const char* key, std::string& value) {
        const auto found = settings.find(key);
        if (found == settings.end() || found->second.empty()) return;
        if (found->second.find("${") == std::string::npos) value = found->second;
    };
    take("table", shape.name);
    take("schema", shape.schema);
    return shape;
}

// The missing ones below the last applied one come first, which is their order here, too.
Decision SqlMigrateSource::decide(const History& history) const {
    std::set<std::string> applied;
    for (const auto& row : history.rows) applied.insert(text_of(row[0]));
    Decision decision = pending_unless_in(applied);
    if (is_told("ignore-unknown")) {
        note_without_file(decision, applied);
    } else {
        for (const std::string& id : applied) {
            if (unit_with_key(id)) continue;
            decision.findings.push_back(refusal(
                "unknown migration in database: " + id + "; sql-migrate stops there",
                "Bring the branch up to date, or put the file back under the name that it had. If "
                "production runs it with ignoreunknown: --set sql-migrate.ignore-unknown=true."));
        }
    }
    note_older(decision);
    return decision;
}

void SqlMigrateSource::record(Migration& migration, const Unit& unit,
                              const History& history) const {
    record_with(
        migration,
        {history.insert({{"id", quoted_literal(unit.key)}, {"applied_at", "pg_catalog.now()"}})});
}

}  // namespace

constinit const Adapter kSqlMigrate{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<SqlMigrateSource>(folder, options);
    }};

}  // namespace rehearse::migrations
