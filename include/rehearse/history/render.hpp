#pragma once

#include "rehearse/history/trend.hpp"

#include <string>
#include <vector>

namespace rehearse::history {

// Newest run first, as the store hands them on.
std::string render_runs(const std::vector<Run>& runs, const report::TerminalStyle& style);
std::string runs_json(const std::vector<Run>& runs);

struct Shown {
    std::size_t last = 20;   // the newest of its weeks, or of its runs
    bool every_run = false;  // else a line a week: its newest run that can be compared
};

// One migration: its weeks or runs, and the trend of all its runs as it looks at `now`. There is at
// least one.
std::string render_migration(const std::vector<Occurrence>& occurrences, const Shown& shown,
                             WallClock::time_point now, const report::TerminalStyle& style);
// Every run.
std::string migration_json(const std::vector<Occurrence>& occurrences, std::size_t last);

}  // namespace rehearse::history
