#pragma once

#include "rehearse/history/trend.hpp"

#include <string>
#include <vector>

namespace rehearse::history {

// Newest run first, as the store hands them on.
std::string render_runs(const std::vector<Run>& runs, const report::TerminalStyle& style);
std::string runs_json(const std::vector<Run>& runs);

// One migration: the newest `last` of its runs, and the trend of all of them as it looks at `now`.
// There is at least one.
std::string render_migration(const std::vector<Occurrence>& occurrences, std::size_t last,
                             WallClock::time_point now, const report::TerminalStyle& style);
std::string migration_json(const std::vector<Occurrence>& occurrences, std::size_t last);

}  // namespace rehearse::history
