#pragma once

#include "rehearse/observe/observation.hpp"

#include <cstddef>
#include <vector>

namespace rehearse::replay {

// Where one of several migrations that ran as one ended.
struct MigrationEnd {
    std::size_t last_ordinal = 0;  // of its statements, as the run counted them
    Millis clock{};                // of the run
};

// Migrations that run in one transaction are observed as one. This gives each its own: its
// statements from 1, on a clock of its own. A lock is with the migration that took it and ends with
// the transaction, which may be long after that migration. What cannot be told apart (rows changed
// by statements too small for a reading, changes of the schema that no statement is known for) is
// with the last one.
std::vector<observe::MigrationObservation> split_by_migration(
    observe::MigrationObservation whole, const std::vector<MigrationEnd>& ends);

}  // namespace rehearse::replay
