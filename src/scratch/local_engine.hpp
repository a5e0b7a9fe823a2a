#pragma once

#include "rehearse/scratch/engine.hpp"

#include "scratch/server_binaries.hpp"

namespace rehearse::scratch {

// Runs postgres as our child in a folder of the run. Throws Error(scratch) when no installed server
// fits.
std::unique_ptr<Engine> make_local_engine(pg::ServerVersion wanted, const EngineOptions& options,
                                          process::ProcessRunner& runner, Progress& progress);

}  // namespace rehearse::scratch
