#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/process/process.hpp"
#include "rehearse/snapshot/prune.hpp"
#include "rehearse/snapshot/remote.hpp"
#include "rehearse/snapshot/snapshot.hpp"
#include "rehearse/take/take.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace rehearse::app {

// Reads one snapshot as a rehearsal would, with its checksum. Throws Error(snapshot) when it is
// damaged.
struct VerifiedSnapshot {
    snapshot::Snapshot snapshot;
    std::string sha256;
};
VerifiedSnapshot verify_snapshot(const std::string& wanted, const std::filesystem::path& place,
                                 process::ProcessRunner& runner, Progress& progress);

// Takes a snapshot of production: see take::take_snapshot.
take::Taken take_snapshot(take::TakeOptions options, process::ProcessRunner& runner,
                          Progress& progress);

// Removes what killed runs left: one line for each thing removed.
std::vector<std::string> sweep_leftovers(process::ProcessRunner& runner);

}  // namespace rehearse::app
