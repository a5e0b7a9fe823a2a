#pragma once

#include "rehearse/app/rehearsal.hpp"
#include "rehearse/base/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rehearse::app {

struct WeeklyOptions {
    RehearsalOptions rehearsal;
    std::string webhook;         // where the notice goes, a secret; empty: nowhere
    std::size_t keep_runs = 12;  // reports that stay in the state folder, at least 1
};

struct WeeklyResult {
    RehearsalResult rehearsal;
    std::vector<std::string> news;     // what the team is to hear of; empty where nothing changed
    std::vector<std::string> removed;  // run folders that were pruned
    std::optional<Error> undelivered;  // why the webhook was not told; the next run tells it again
};

// Sweep, rehearse everything pending on the newest snapshot, keep the history, tell the webhook
// what changed since the last run that it was told of, prune. Throws Error(usage) while another
// weekly job of the same state folder runs. What ends the rehearsal is told to the webhook, too,
// and thrown.
WeeklyResult rehearse_weekly(const WeeklyOptions& options, process::ProcessRunner& runner,
                             Progress& progress, replay::ReplayListener& listener);

}  // namespace rehearse::app
