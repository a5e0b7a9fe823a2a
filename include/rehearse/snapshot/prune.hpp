#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/process/process.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace rehearse::snapshot {

struct PruneOptions {
    std::filesystem::path place;  // or rclone's NAME:PATH
    std::size_t keep = 1;
    bool dry_run = false;
};

// Removes the bundles with a manifest of ours that are older than the `keep` newest complete ones,
// and what killed takes left more than a day ago. Nothing else: no dump that others made counts or
// goes. Returns the names. Throws Error(snapshot) when the folder cannot be read, or something
// cannot be removed. In a remote place what is not complete is left alone.
std::vector<std::string> prune_snapshots(const PruneOptions& options,
                                         process::ProcessRunner& runner, Progress& progress);

}  // namespace rehearse::snapshot
