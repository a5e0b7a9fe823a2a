#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/report/report.hpp"

namespace rehearse::app {

// For each migration of a report the newest run before it, by the history in the state folder. Its
// page is named where it is still there and is not written over by this one, whose folder may be
// the same. Without a history that can be read there are none.
report::PreviousRuns previous_runs(const fs::path& state_folder, const report::Report& report,
                                   const fs::path& run_folder);

}  // namespace rehearse::app
