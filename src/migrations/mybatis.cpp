#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "mybatis_script.hpp"
#include "numbering.hpp"
#include "settings_file.hpp"
#include "tool_source.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kTool = "mybatis";

class MybatisSource final : public ToolSource {
  public:
    MybatisSource(const Folder& folder, const SourceOptions& options);

  private:
    void add(const std::string& file);
    std::string setting(const std::string& name) const;
    MybatisSplitting splitting() const;
    ValueOf values() const;
    HistoryShape shape() const override;
    Decision decide(const History& history) const override;
    void record(Migration& migration, const Unit& unit, const History& history) const override;

    std::map<std::string, std::string> settings_;
};

// scripts/ID_description.sql beside environments/NAME.properties (FileMigrationLoader.java).
MybatisSource::MybatisSource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "ID_name.sql", folder, options) {
    const auto named = options.variables.find("mybatis.env");
    const std::string environment =
        named == options.variables.end() ? "development" : named->second;
    settings_ = read_settings(fs::absolute(folder.path()).lexically_normal() / ".." /
                              "environments" / (environment + ".properties"));
    for (const std::string& file : folder.files()) {
        if (file == "onabort.sql") {
            notes_.push_back(
                warning("MyBatis runs onabort.sql after a failure and the rehearsal "
                        "does not",
                        ""));
        } else if (file.ends_with(".sql") && file != "bootstrap.sql") {
            add(file);
        }
    }
    std::stable_sort(units_.begin(), units_.end(), [](const Unit& a, const Unit& b) {
        return Numbering(a.key) < Numbering(b.key);
    });
    finish_listing(folder, {});
}

void MybatisSource::add(const std::string& file) {
    const std::string stem = file.substr(0, file.size() - std::string_view(".sql").size());
    const std::size_t separator = std::min(stem.find('_'), stem.size());
    Unit unit;
    unit.key = stem.substr(0, separator);
    unit.key.erase(0, std::min(unit.key.find_first_not_of('0'), unit.key.size()));
    const bool is_number = separator > 0 && stem.find_first_not_of("0123456789") >= separator;
    if (!is_number) {
        throw Error(ErrorKind::migrations,
                    (folder() / file).string() + ": its name does not begin with a number",
                    {"Name it ID_description.sql, or move it out of the folder: MyBatis stops at "
                     "any other SQL file but bootstrap.sql and onabort.sql."});
    }
    if (unit.key.empty()) unit.key = "0";
    if (const auto other = unit_with_key(unit.key)) {
        throw Error(ErrorKind::migrations,
                    "two migrations with id " + unit.key + " in " + folder().string() + ": " +
                        units_[*other].migration.path.filename().string() + " and " + file,
                    {"Give one of them another id: the changelog cannot have it twice."});
    }
    unit.migration.version = stem.substr(0, separator);
    unit.migration.name = stem.substr(std::min(separator + 1, stem.size()));
    std::replace(unit.migration.name.begin(), unit.migration.name.end(), '_', ' ');
    unit.migration.path = folder() / file;
    unit.migration.sends = Sends::texts;
    unit.migration.transaction_mode = is_true(setting("auto_commit"))
                                          ? TransactionMode::autocommit
                                          : TransactionMode::one_transaction;
    const auto read = [path = unit.migration.path, how = splitting(), values = values()] {
        return mybatis_script(read_migration(path), how, values, path);
    };
    read_ahead(unit.migration, [&](Migration& migration) {
        if (read().has_undo) migration.down_path = migration.path;
    });
    unit.migration.texts = [read] { return read().up; };
    units_.push_back(std::move(unit));
}

// MIGRATIONS_NAME in the environment wins over the properties (Environment.java).
std::string MybatisSource::setting(const std::string& name) const {
    std::string variable = "MIGRATIONS_" + name;
    std::transform(variable.begin(), variable.end(), variable.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (const char* value = std::getenv(variable.c_str())) return value;
    const auto found = settings_.find(name);
    return found == settings_.end() ? "" : found->second;
}

MybatisSplitting MybatisSource::splitting() const {
    MybatisSplitting how;
    if (const std::string delimiter = setting("delimiter"); !delimiter.empty())
        how.delimiter = delimiter;
    how.on_its_own_line = is_true(setting("full_line_delimiter"));
    how.not_at_all = is_true(setting("send_full_script"));
    return how;
}

ValueOf MybatisSource::values() const {
    return [settings = settings_,
            given = options().variables](std::string_view name) -> std::optional<std::string> {
        const std::string key(name);
        if (const auto found = given.find(key); found != given.end()) return found->second;
        if (const auto found = settings.find(key); found != settings.end()) return found->second;
        return std::nullopt;
    };
}

// The team's first script makes the table.
HistoryShape MybatisSource::shape() const {
    HistoryShape shape = ToolSource::shape();
    shape.make.clear();
    if (const auto table = parse_table_name(lower_cased(setting("changelog")))) {
        shape.name = table->name;
        if (!table->schema.empty()) shape.schema = table->schema;
    }
    return shape;
}

// Those above the highest id; migrate up only warns of the others (DatabaseOperation.java).
Decision MybatisSource::decide(const History& history) const {
    std::set<std::string> applied;
    Numbering highest("0");
    for (const auto& row : history.rows) {
        const std::string id = text_of(row[0]);
        applied.insert(id);
        highest = std::max(highest, Numbering(id));
    }
    Decision decision = pending_unless_in(applied);
    std::vector<std::size_t> above;
    for (const std::size_t index : decision.pending) {
        if (Numbering(units_[index].key) > highest) {
            above.push_back(index);
            continue;
        }
        const Migration& migration = units_[index].migration;
        decision.findings.push_back(warning(
            migration.path.filename().string() +
                " is not applied and below an applied one: 'migrate up' skips it",
            "Give it a higher id, or run 'migrate pending' on production.", migration.version));
    }
    decision.pending = std::move(above);
    note_without_file(decision, applied);
    return decision;
}

void MybatisSource::record(Migration& migration, const Unit& unit, const History& history) const {
    migration.record_after = {history.insert(
        {{"id", unit.key},
         {"applied_at", "pg_catalog.to_char(pg_catalog.now(), 'YYYY-MM-DD HH24:MI:SS')"},
         {"description", quoted_literal(unit.migration.name)}})};
}

}  // namespace

constinit const Adapter kMybatis{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<MybatisSource>(folder, options);
    }};

}  // namespace rehearse::migrations
