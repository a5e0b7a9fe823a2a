#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/observe/live_status.hpp"
#include "rehearse/observe/observation.hpp"
#include "rehearse/plan/plan.hpp"
#include "rehearse/scratch/engine.hpp"

#include <vector>

namespace rehearse::replay {

struct ReplayOptions {
    Millis give_up_after = std::chrono::minutes(15);
    Millis interval = std::chrono::milliseconds(1);
    Millis count_limit = std::chrono::seconds(10);  // for the rows that a failed constraint refuses
    bool observe = true;            // --no-observe: no witness, no sampler, no wrapping
    bool enforce_timeouts = false;  // lock_timeout 5 s, statement_timeout 60 s as production would
};

// What a listener is told while the replay runs; for the live line.
class ReplayListener {
  public:
    virtual ~ReplayListener() = default;
    virtual void migration_begins(std::size_t index, std::size_t count,
                                  const migrations::Migration& migration) = 0;
    virtual void statement_begins(std::size_t ordinal, std::uint64_t of,
                                  const std::string& sql) = 0;
    // From the sampler's thread, a few times a second while one statement runs.
    virtual void statement_running(const observe::LiveStatus& status) = 0;
    virtual void migration_ended(std::size_t index, const migrations::Migration& migration,
                                 const observe::MigrationObservation& observation) = 0;
};

struct Observations {
    std::vector<observe::MigrationObservation>
        migrations;  // one for each of the plan's, in its order
    observe::SamplerFigures sampler;
};

// Runs the plan on the server: three sessions (performer, witness, sampler). Stops at the first
// failure; what follows is not run, and the listener hears nothing of it. Throws Error(scratch)
// when the server is lost, Error(interrupted) on Ctrl-C.
Observations replay_plan(const plan::ReplayPlan& plan, scratch::ScratchServer& server,
                         const std::string& database, const std::string& marker,
                         const ReplayOptions& options, ReplayListener& listener);

}  // namespace rehearse::replay
