#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/base/progress.hpp"
#include "rehearse/report/report.hpp"

namespace rehearse::app {

// The report is written by then: a history that cannot be written to is a warning.
void record_in_history(const fs::path& state_folder, const report::Report& report,
                       const fs::path& run_folder, Progress& progress);

}  // namespace rehearse::app
