#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/base/time.hpp"
#include "rehearse/scratch/engine.hpp"
#include "rehearse/snapshot/snapshot.hpp"

#include <string>
#include <vector>

namespace rehearse::restore {

struct RestoreOptions {
    int jobs = 2;  // pg_restore --jobs, vacuumdb --jobs
};

struct RestoreResult {
    std::string database;
    Millis restore_elapsed{};  // schema, rows and indexes; VACUUM not in it
    Millis vacuum_elapsed{};
    std::vector<std::string> roles_made;  // NOLOGIN stand-ins
    // Errors that do not change what is rehearsed; without row values and passwords.
    std::vector<std::string> harmless;
};

// Asked before anything is written: throws Error(snapshot) when the engine has no room for about
// what the restored snapshot takes. An engine that cannot tell has room.
void require_space(const snapshot::Snapshot& snapshot, scratch::Engine& engine);

// Restores the snapshot into a fresh server: database with the dump's encoding and locale, stand-in
// roles, extension check before the first row, schema, rows, indexes, VACUUM (ANALYZE). Owners and
// grants are kept. Throws Error(snapshot) when it cannot be restored.
RestoreResult restore_snapshot(const snapshot::Snapshot& snapshot, scratch::Engine& engine,
                               scratch::ScratchServer& server, const RestoreOptions& options,
                               Progress& progress);

}  // namespace rehearse::restore
