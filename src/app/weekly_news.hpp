#pragma once

#include "rehearse/history/run.hpp"
#include "rehearse/report/report.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rehearse::app {

// What changed since the weekly run before, a line each: "0042 backfill: ok -> noisy since last
// week (12.1 s -> 41.2 s)", a migration that is new and not ok, a snapshot that missed its week.
// Without a run before, everything that is not ok. Empty: nothing to tell. No row's values.
std::vector<std::string> weekly_news(const report::Report& report,
                                     const std::optional<history::Run>& previous,
                                     const history::Run& now);

}  // namespace rehearse::app
