#pragma once

#include "rehearse/history/run.hpp"

#include <string>
#include <vector>

// Runs as weekly rehearsals would leave them.
namespace rehearse::history::samples {

// 03:00 on a Friday and the Fridays after it: "2026-09-04T03:00:00Z" for 0.
std::string week(int number);
// Of the run on that week's snapshot: "20260904-031000-0000".
std::string run_id(int week_number);

report::MigrationPart migration(const std::string& version, const std::string& name,
                                const std::string& label, double elapsed_ms);
report::Report weekly(int week_number, std::vector<report::MigrationPart> migrations);

// One migration in a run a week, newest first: its times in seconds, of the oldest first. The
// labels are those of the default thresholds.
std::vector<Occurrence> backfill(const std::vector<double>& seconds);

}  // namespace rehearse::history::samples
