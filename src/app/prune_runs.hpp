#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/base/progress.hpp"

#include <string>
#include <vector>

namespace rehearse::app {

// Removes all but the newest `keep` reports of a folder of runs, by their start, and never the run
// `own`. A report is a folder that is named as a run and has a report.json; anything else there is
// left alone. What cannot be removed is a warning. Returns the names of the removed.
std::vector<std::string> prune_runs(const fs::path& runs, std::size_t keep, const std::string& own,
                                    Progress& progress);

}  // namespace rehearse::app
