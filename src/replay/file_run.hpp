#pragma once

#include "rehearse/plan/plan.hpp"

#include "migration_run.hpp"

namespace rehearse::replay {

// Takes a migration's file through the run, statement by statement, with the transactions that its
// tool would make of it. What fails is told by the run.
void run_file(const plan::PlannedMigration& planned, Stage& stage, MigrationRun& run);

}  // namespace rehearse::replay
