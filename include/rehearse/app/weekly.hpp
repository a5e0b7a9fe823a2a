#pragma once

#include "rehearse/app/rehearsal.hpp"
#include "rehearse/base/error.hpp"

#include <functional>
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
    bool is_news = false;
    std::vector<std::string> removed;  // run folders that were pruned
    std::optional<Error> undelivered;  // why the webhook was not told; the next run tells it again
};

// Lines for the team, which have no row's values and no passwords.
using Tell = std::function<void(const std::vector<std::string>& lines)>;

// Sweep, rehearse everything pending on the newest snapshot, keep the history, tell what changed
// since the last run that was told of (`tell`, then the webhook), prune. Nothing is told where
// nothing changed. Throws Error(usage) while another weekly job of the same state folder runs.
// What ends the rehearsal, other than an interrupt, is told the same ways, and thrown.
WeeklyResult rehearse_weekly(const WeeklyOptions& options, process::ProcessRunner& runner,
                             Progress& progress, replay::ReplayListener& listener,
                             const Tell& tell);

}  // namespace rehearse::app
