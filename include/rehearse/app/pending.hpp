#pragma once

#include "rehearse/app/rehearsal.hpp"

namespace rehearse::app {

// What the tool would run now on this snapshot, and why. Restores the snapshot to read the tool's
// history table.
migrations::Pending pending_migrations(const RehearsalOptions& options,
                                       process::ProcessRunner& runner, Progress& progress);

}  // namespace rehearse::app
