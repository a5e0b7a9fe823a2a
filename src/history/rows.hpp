#pragma once

#include "rehearse/history/run.hpp"

#include "history/database.hpp"

// The rows of the two tables. Columns are read in the order in which the queries name them.
namespace rehearse::history {

void bind_run(Statement& statement, const RunFacts& facts);
void bind_key(Statement& statement, const MigrationKey& key);
void bind_migration(Statement& statement, const MigrationFigures& figures);

RunFacts next_run(Statement& row);
MigrationKey next_key(Statement& row);
MigrationFigures next_migration(Statement& row);

}  // namespace rehearse::history
