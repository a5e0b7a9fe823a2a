#pragma once

#include "rehearse/migrations/migration.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::migrations {

// golang-migrate's ledger: a table with one row, the version that the database is at
// (database/postgres/postgres.go).
struct GolangMigrateHistory {
    pg::RelationName table;
    bool table_exists = false;
    std::optional<std::uint64_t> version;  // none: no row, the tool's "nil version"
    std::vector<SourceFinding> findings;   // a refusal among them: the rest does not count
};

// `wanted` is --history-table or empty.
GolangMigrateHistory read_golang_migrate_history(pg::AdminSession& scratch,
                                                 const std::string& wanted);

// "schema.name", "name", each part quoted or not; quoted parts keep dots and doubled quotes.
// nullopt for anything else. Names are taken as they are written: the tool quotes them too.
std::optional<pg::RelationName> parse_table_name(std::string_view text);

}  // namespace rehearse::migrations
