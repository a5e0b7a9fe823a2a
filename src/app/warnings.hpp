#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/migrations/migration.hpp"
#include "rehearse/restore/restore.hpp"
#include "rehearse/snapshot/snapshot.hpp"

#include <string>
#include <vector>

namespace rehearse::app {

// A weekly snapshot that is older than this has missed its week.
inline constexpr double kStaleAfterDays = 8;

// Each adds full sentences to the report's warnings; what cannot wait is said on `progress` at
// once.

// Older than 8 days; newer snapshots that were passed over.
void add_snapshot_warnings(std::vector<std::string>& warnings, const snapshot::Snapshot& snapshot,
                           const std::vector<snapshot::Skipped>& skipped, Progress& progress);
void add_restore_warnings(std::vector<std::string>& warnings,
                          const restore::RestoreResult& restored);
// Throws Error(migrations) at the first refusal: the real tool would stop there.
void add_source_warnings(std::vector<std::string>& warnings, const migrations::Pending& pending,
                         Progress& progress);

}  // namespace rehearse::app
