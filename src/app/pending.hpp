#pragma once

#include "rehearse/app/pending.hpp"
#include "rehearse/app/rehearsal.hpp"

#include "app/prepare_scratch.hpp"

namespace rehearse::app {

// The source's options with the files that --since found to be new.
migrations::SourceOptions source_options_of(const RehearsalOptions& options,
                                            process::ProcessRunner& runner);

// Says of a file that could not be replayed before minutes go into a restore. Throws for a tool
// that keeps no history, because there every file is pending; warns otherwise.
void check_files_early(const migrations::MigrationSource& source,
                       const migrations::SourceOptions& options, Progress& progress);

// Asks the tool's history in the scratch what is pending and plans it.
plan::ReplayPlan plan_pending(const migrations::MigrationSource& source,
                              const PreparedScratch& scratch, const RehearsalOptions& options,
                              const migrations::SourceOptions& source_options,
                              std::vector<std::string>& warnings, Progress& progress);

}  // namespace rehearse::app
