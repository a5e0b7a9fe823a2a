#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/scratch/engine.hpp"
#include "rehearse/snapshot/snapshot.hpp"

#include <string>
#include <vector>

namespace rehearse::restore {

// Schema, rows and indexes into an existing database. Stops at the first error that changes what is
// rehearsed and throws Error(snapshot), or Error(scratch) when the server is gone. The harmless
// ones go to `remarks`.
void load_archive(const snapshot::Snapshot& snapshot, const std::string& database, int jobs,
                  scratch::Engine& engine, scratch::ScratchServer& server, Progress& progress,
                  std::vector<std::string>& remarks);
void load_plain(const snapshot::Snapshot& snapshot, const std::string& database,
                scratch::Engine& engine, scratch::ScratchServer& server, Progress& progress,
                std::vector<std::string>& remarks);

}  // namespace rehearse::restore
