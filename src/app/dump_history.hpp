#pragma once

#include "rehearse/migrations/history_reader.hpp"
#include "rehearse/process/process.hpp"
#include "rehearse/snapshot/snapshot.hpp"

#include <memory>
#include <stdexcept>
#include <string>

namespace rehearse::app {

// Thrown by a reader of a dump where only a restored database can answer.
struct NeedsRestore : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Reads a tool's history straight from an archive of pg_dump, by pg_restore: seconds where a
// restore takes minutes. Throws NeedsRestore for a plain dump, where rows are kept as INSERTs,
// where pg_restore is missing or too old, and when it is asked a query. The snapshot and the runner
// must outlive it.
std::unique_ptr<migrations::HistoryReader> history_in_dump(const snapshot::Snapshot& snapshot,
                                                           process::ProcessRunner& runner);

}  // namespace rehearse::app
