#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/base/progress.hpp"
#include "rehearse/history/run.hpp"
#include "rehearse/report/report.hpp"

#include "app/weekly_news.hpp"

#include <optional>
#include <string>

// The history beside a run. A run does not fail because of it: what cannot be read or written is a
// warning.
namespace rehearse::app {

// When the report is written.
void record_in_history(const fs::path& state_folder, const report::Report& report,
                       const fs::path& run_folder, Progress& progress);

// What the weekly job told the team of each migration of this run before it.
ToldOfAll told_before(const fs::path& state_folder, const history::Run& run, Progress& progress);

// The next weekly run compares with this one.
void mark_told_weekly(const fs::path& state_folder, const std::string& run_id, Progress& progress);

}  // namespace rehearse::app
