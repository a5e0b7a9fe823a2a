#pragma once

#include "rehearse/snapshot/prune.hpp"

namespace rehearse::snapshot {

// prune_snapshots() for a remote place.
Pruned prune_remote(const PruneOptions& options, process::ProcessRunner& runner);

}  // namespace rehearse::snapshot
