#pragma once

#include "rehearse/migrations/migration.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rehearse::migrations {

// How a tool's history table looks.
struct HistoryShape {
    std::string schema = "public";  // where the tool makes it unless it is told otherwise
    std::string name;
    // What is read of it, in this order. A table without one of them is another tool's.
    std::vector<std::string> columns;
    // Where other tools use the same name: how the type of a column begins.
    std::map<std::string, std::string> types = {};
    bool has_only_these = false;  // and that the table has no other column
    // The tool's own CREATE statements; {table} and {schema} stand for its quoted name.
    std::vector<std::string> make = {};
    // Others of the tool's own tables, by name; of a schema of its own they all are.
    std::vector<std::string> companions = {};
};

// The table as the snapshot has it.
struct History {
    pg::RelationName table;
    bool exists = false;
    Rows rows;
    // A refusal among them: the rest does not count.
    std::vector<SourceFinding> findings = {};

    // "schema"."name", for SQL.
    std::string quoted() const;
    // INSERT of these columns, each value an SQL expression.
    std::string insert(const std::vector<std::pair<std::string, std::string>>& values) const;
};

// `wanted` is --history-table or empty. Throws Error(usage) when that is no table's name.
History read_history(HistoryReader& snapshot, const HistoryShape& shape, std::string_view tool,
                     const std::string& wanted);

// True when the snapshot has tables that are not the tool's own.
bool has_other_tables(HistoryReader& snapshot, const HistoryShape& shape, const History& history);

// What other tools' histories the snapshot has: "Flyway's flyway_schema_history".
std::vector<std::string> histories_of_others(HistoryReader& snapshot, std::string_view tool);

// "schema.name", "name", each part quoted or not; quoted parts keep dots and doubled quotes.
// nullopt for anything else. Names are taken as they are written: the tools quote them too.
std::optional<pg::RelationName> parse_table_name(std::string_view text);

// Quoted also where PostgreSQL would not need it.
std::string in_double_quotes(std::string_view name);

std::string text_of(const std::optional<std::string>& value);  // NULL is empty

bool has_refusal(const std::vector<SourceFinding>& findings);
SourceFinding refusal(std::string message, std::string hint, std::string version = "");
SourceFinding warning(std::string message, std::string hint, std::string version = "");

}  // namespace rehearse::migrations
