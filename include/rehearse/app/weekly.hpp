#pragma once

#include "rehearse/app/rehearsal.hpp"

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
};

// Sweep, rehearse everything pending on the newest snapshot, keep the history, tell the webhook
// what changed, prune. Throws Error(usage) while another weekly job of the same state folder runs.
// What ends the rehearsal is told to the webhook, too, and thrown; a notice that cannot be
// delivered is an Error(delivery), when everything else is done.
WeeklyResult rehearse_weekly(const WeeklyOptions& options, process::ProcessRunner& runner,
                             Progress& progress, replay::ReplayListener& listener);

}  // namespace rehearse::app
