#pragma once

#include "rehearse/base/error.hpp"
#include "rehearse/base/progress.hpp"
#include "rehearse/process/process.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::snapshot {

struct PruneOptions {
    std::filesystem::path place;  // or rclone's NAME:PATH
    std::size_t keep = 1;
    bool dry_run = false;
};

struct Pruned {
    std::vector<std::string> removed;  // or what would be
    std::optional<Error> failure;      // the first of what could not be; the others are gone
};

// Removes the bundles with a manifest of ours that are older than the `keep` newest complete ones,
// and what killed takes and prunes left: locally a day ago, in a remote place a week ago. Nothing
// else: no dump that others made counts or goes, and what a run uses stays. Throws Error(snapshot)
// when the place cannot be read.
Pruned prune_snapshots(const PruneOptions& options, process::ProcessRunner& runner,
                       Progress& progress);

}  // namespace rehearse::snapshot
