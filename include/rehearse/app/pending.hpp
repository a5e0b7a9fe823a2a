#pragma once

#include "rehearse/app/rehearsal.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace rehearse::app {

struct PendingOnSnapshot {
    migrations::Pending pending;
    // With --since: the files that this change adds, as canonical paths.
    std::optional<std::vector<std::filesystem::path>> added;
};

// What the tool would run now on this snapshot, and why. Reads the tool's history table straight
// from the dump where that can be done, and restores the snapshot where it cannot.
PendingOnSnapshot pending_migrations(const RehearsalOptions& options,
                                     process::ProcessRunner& runner, Progress& progress);

}  // namespace rehearse::app
