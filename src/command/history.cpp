#include "history.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/sql/row_write.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>
#include <vector>

namespace rehearse::command {

namespace {

using sql::StatementKind;

// Where a tool keeps which migrations are done. Of tables with the same name the columns decide:
// the first entry of which all columns are written.
struct Table {
    std::string_view name;
    std::string_view tool;
    std::string_view version;    // column
    std::string_view title;      // column; empty: none
    std::string_view also = {};  // a column that tells it from others
};

constexpr std::array kTables{
    Table{"schema_migrations", "ecto", "version", "", "inserted_at"},
    Table{"schema_migrations", "golang-migrate", "version", "", "dirty"},
    Table{"schema_migrations", "rails", "version", ""},
    Table{"django_migrations", "django", "name", "app"},
    Table{"alembic_version", "alembic", "version_num", ""},
    Table{"knex_migrations", "knex", "name", ""},
    Table{"migrations", "typeorm", "timestamp", "name"},
    Table{"migrations", "laravel", "migration", ""},
    Table{"migrations", "postgres-migrations", "id", "name"},
    Table{"SequelizeMeta", "sequelize", "name", ""},
    Table{"mikro_orm_migrations", "mikro-orm", "name", ""},
    Table{"kysely_migration", "kysely", "name", ""},
    Table{"flyway_schema_history", "flyway", "version", "description"},
    Table{"databasechangelog", "liquibase", "id", "filename"},
    Table{"__EFMigrationsHistory", "ef-core", "MigrationId", ""},
    Table{"doctrine_migration_versions", "doctrine", "version", ""},
    Table{"phinxlog", "phinx", "version", "migration_name"},
    Table{"pgmigrations", "node-pg-migrate", "name", ""},
    Table{"goose_db_version", "goose", "version_id", ""},
    Table{"_sqlx_migrations", "sqlx", "version", "description"},
    Table{"__diesel_schema_migrations", "diesel", "version", ""},
    Table{"__drizzle_migrations", "drizzle", "created_at", ""},
    Table{"_yoyo_migration", "yoyo", "migration_id", ""},
    Table{"gorp_migrations", "sql-migrate", "id", ""},
    Table{"refinery_schema_history", "refinery", "version", "name"},
    Table{"schemaversion", "postgrator", "version", "name"},
    Table{"schema_migration", "pop", "version", ""},
};

// Of a table that is named by hand, the first of these that is written.
constexpr std::array<std::string_view, 9> kVersionColumns{
    "version",   "version_num",  "version_id", "migration_id", "migration_name", "name",
    "migration", "migration_nr", "id"};

// Beside the history tables: locks, logs and metadata.
constexpr std::array<std::string_view, 8> kToolsTables{"ar_internal_metadata",
                                                       "knex_migrations_lock",
                                                       "kysely_migration_lock",
                                                       "yoyo_lock",
                                                       "_yoyo_log",
                                                       "databasechangeloglock",
                                                       "_yoyo_version",
                                                       "typeorm_metadata"};

// What drivers and frameworks set as they connect, and nobody asks a migration for.
constexpr std::array<std::string_view, 11> kDriversSettings{"client_encoding",
                                                            "client_min_messages",
                                                            "standard_conforming_strings",
                                                            "timezone",
                                                            "intervalstyle",
                                                            "datestyle",
                                                            "extra_float_digits",
                                                            "application_name",
                                                            "default_transaction_isolation",
                                                            "bytea_output",
                                                            "default_transaction_deferrable"};

std::optional<std::string> value_of(const sql::RowWrite& write, std::string_view column,
                                    const LoggedStatement& statement) {
    const auto found = write.values.find(std::string{column});
    if (found == write.values.end()) return std::nullopt;
    const auto& value = found->second;
    if (value.parameter > 0) {
        const auto place = static_cast<std::size_t>(value.parameter) - 1;
        if (place >= statement.parameters.size()) return std::nullopt;
        return statement.parameters[place].value_or("");
    }
    return value.text;
}

bool is_true(const std::string& text) {
    return text == "t" || lower_cased(text) == "true" || text == "1";
}

// "20240102_add_index.js": the digits are the version, the rest is the name.
HistoryWrite of_file_name(std::string tool, const std::string& file) {
    const auto digits_end = file.find_first_not_of("0123456789");
    const bool is_numbered = digits_end != 0 && digits_end != std::string::npos &&
                             (file[digits_end] == '_' || file[digits_end] == '-');
    if (!is_numbered) return {std::move(tool), file, ""};
    auto name = file.substr(digits_end + 1);
    const auto dot = name.rfind('.');
    if (dot != std::string::npos && name.size() - dot <= 4) name.resize(dot);
    return {std::move(tool), file.substr(0, digits_end), name};
}

HistoryWrite written(const Table& table, const std::string& version, const std::string& title) {
    // Django counts within an app: "shop.0002_add".
    if (table.tool == "django") return {"django", title + "." + version, ""};
    if (table.title.empty()) return of_file_name(std::string{table.tool}, version);
    return {std::string{table.tool}, version, title};
}

std::optional<HistoryWrite> write_to(const Table& table, const sql::RowWrite& write,
                                     const LoggedStatement& statement) {
    if (!table.also.empty() && !write.values.contains(std::string{table.also})) return std::nullopt;
    const auto version = value_of(write, table.version, statement);
    if (!version) return std::nullopt;
    // golang-migrate writes its row before, dirty, and again after.
    if (table.also == "dirty" && is_true(value_of(write, "dirty", statement).value_or("")))
        return std::nullopt;
    return written(table, *version,
                   table.title.empty() ? "" : value_of(write, table.title, statement).value_or(""));
}

// "app.history" or "history".
std::optional<pg::RelationName> relation_from(const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto write = sql::row_write_in("DELETE FROM " + text);
    if (!write) return std::nullopt;
    return write->relation;
}

bool is_catalog(const pg::RelationName& relation) {
    return relation.schema == "pg_catalog" || relation.schema == "information_schema" ||
           (relation.schema.empty() && relation.name.starts_with("pg_"));
}

// Names that stand before a parenthesis: functions, and the IN of a list.
std::vector<std::string> calls_in(std::string_view text) {
    std::vector<std::string> names;
    const auto is_part = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '(') continue;
        std::size_t end = i;
        while (end > 0 && text[end - 1] == ' ') --end;
        std::size_t begin = end;
        while (begin > 0 && is_part(text[begin - 1])) --begin;
        if (begin < end) names.push_back(lower_cased(text.substr(begin, end - begin)));
    }
    return names;
}

// Functions that ask the server about itself, and advisory locks. What else is called may be the
// migration's own work.
bool asks_only(const std::string& function) {
    constexpr std::array<std::string_view, 32> kAsking{"version",
                                                       "now",
                                                       "set_config",
                                                       "format_type",
                                                       "to_regclass",
                                                       "count",
                                                       "array_agg",
                                                       "max",
                                                       "min",
                                                       "in",
                                                       "any",
                                                       "exists",
                                                       "coalesce",
                                                       "case",
                                                       "obj_description",
                                                       "col_description",
                                                       "quote_ident",
                                                       "unnest",
                                                       "generate_subscripts",
                                                       "string_agg",
                                                       "has_schema_privilege",
                                                       "has_table_privilege",
                                                       "values",
                                                       "and",
                                                       "or",
                                                       "on",
                                                       "not",
                                                       "select",
                                                       "from",
                                                       "array",
                                                       "where",
                                                       "all"};
    if (function == "pg_sleep") return false;
    return function.starts_with("pg_") || function.starts_with("current_") ||
           std::find(kAsking.begin(), kAsking.end(), function) != kAsking.end();
}

bool sets_up_session(const sql::Classification& classification) {
    if (!classification.setting) return false;
    const auto& name = classification.setting->name;
    return name == "time zone" || std::find(kDriversSettings.begin(), kDriversSettings.end(),
                                            name) != kDriversSettings.end();
}

bool has_from(std::string_view text) {
    const auto lower = lower_cased(text);
    return lower.find(" from ") != std::string::npos || lower.find("\nfrom ") != std::string::npos;
}

}  // namespace

HistoryTables::HistoryTables(const std::string& table) : own_{relation_from(table)} {}

bool HistoryTables::is_tools_table(const pg::RelationName& relation) const {
    if (own_ && relation.name == own_->name) return true;
    return std::any_of(kTables.begin(), kTables.end(),
                       [&](const Table& each) { return relation.name == each.name; }) ||
           std::find(kToolsTables.begin(), kToolsTables.end(), relation.name) != kToolsTables.end();
}

std::optional<HistoryWrite> HistoryTables::write_in(const std::string& text,
                                                    const LoggedStatement& statement) const {
    const auto write = sql::row_write_in(text);
    if (!write || write->kind == sql::RowWrite::Kind::delete_rows) return std::nullopt;
    if (own_ && write->relation.name == own_->name) {
        for (const std::string_view column : kVersionColumns) {
            if (const auto version = value_of(*write, column, statement))
                return of_file_name("command", *version);
        }
        if (const auto first = value_of(*write, "1", statement))
            return of_file_name("command", *first);
    }
    for (const Table& table : kTables) {
        if (write->relation.name != table.name) continue;
        auto found = write_to(table, *write, statement);
        // With its own column it is that tool's row, and none that another could have written.
        const bool is_certain =
            !table.also.empty() && write->values.contains(std::string{table.also});
        if (found || is_certain) return found;
        // INSERT INTO schema_migrations VALUES ('1'): the version comes first.
        if (!table.also.empty() || !table.title.empty()) continue;
        if (const auto first = value_of(*write, "1", statement)) return written(table, *first, "");
    }
    return std::nullopt;
}

bool HistoryTables::is_of_the_tool(const std::string& text,
                                   const sql::Classification& classification) const {
    const auto& relations = classification.relations;
    const auto is_own = [this](const auto& relation) { return is_tools_table(relation); };
    if (!relations.empty() && std::all_of(relations.begin(), relations.end(), is_own)) return true;
    switch (classification.kind) {
        case StatementKind::set:
        case StatementKind::reset:
            return sets_up_session(classification);
        case StatementKind::other_utility:
            return starts_with_ignoring_case(text, "show") ||
                   starts_with_ignoring_case(text, "deallocate") ||
                   starts_with_ignoring_case(text, "discard") ||
                   starts_with_ignoring_case(text, "listen") ||
                   starts_with_ignoring_case(text, "unlisten");
        case StatementKind::select:
            break;
        default:
            return false;
    }
    // A SELECT's relations are not in its classification: its tables are looked for in the text.
    const auto calls = calls_in(text);
    if (!std::all_of(calls.begin(), calls.end(), asks_only)) return false;
    if (!has_from(text)) return true;
    const auto lower = lower_cased(text);
    const bool names_a_tools_table =
        std::any_of(kTables.begin(), kTables.end(), [&](const Table& table) {
            return lower.find(lower_cased(table.name)) != std::string::npos;
        });
    return names_a_tools_table || (own_ && lower.find(own_->name) != std::string::npos) ||
           lower.find("pg_") != std::string::npos ||
           lower.find("from current_") != std::string::npos ||
           lower.find("information_schema") != std::string::npos ||
           std::any_of(relations.begin(), relations.end(), is_catalog);
}

}  // namespace rehearse::command
