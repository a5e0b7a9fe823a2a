#pragma once

#include "rehearse/base/files.hpp"

#include <string>
#include <vector>

namespace rehearse::app {

// Removes all but the newest `keep` reports of a folder of runs. A report is a folder that is named
// as a run and has a report.json; anything else there is left alone. Returns their names.
std::vector<std::string> prune_runs(const fs::path& runs, std::size_t keep);

}  // namespace rehearse::app
