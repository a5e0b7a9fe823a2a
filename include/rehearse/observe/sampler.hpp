#pragma once

#include "rehearse/observe/live_status.hpp"
#include "rehearse/observe/observation.hpp"
#include "rehearse/observe/sampled_hold.hpp"
#include "rehearse/pg/types.hpp"
#include "rehearse/sql/statement.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::observe {

// What there is to see of a statement while it runs.
enum class PollFor {
    waits,       // the witness reads its locks, and it takes them as it begins
    late_locks,  // the witness reads them, but it may take them at any time
    all_locks,   // nobody else sees them
};
// Of a statement after which the witness can read.
PollFor poll_for(const sql::Classification& classification);

// What was seen of one statement beside its locks.
struct StatementWatch {
    std::vector<LockWait> waits;  // without the relations' names
    std::vector<ProgressPhase> phases;
    std::optional<Millis> last_polled;  // on the migration's clock: of the last reading
};

// Polls the performer's locks from a thread and a connection of its own, only while a statement
// runs. It aggregates as it goes: memory follows the number of holds, not of readings. A broken
// connection is made again; what it missed shows in the gaps.
class Sampler {
  public:
    // Called on the sampler's thread a few times a second while one statement runs.
    using Listener = std::function<void(const LiveStatus&)>;

    Sampler(const pg::ConnInfo& where, Millis interval, Listener listener);
    Sampler(const Sampler&) = delete;
    Sampler& operator=(const Sampler&) = delete;
    ~Sampler();

    // The backend that performs from now on.
    void watch(int pid);
    // `on_clock` is the migration's clock. The first poll comes after one interval, up to 20 ms
    // later where another statement has just ended, and at once for a statement that no witness can
    // read. What follows is as dense as what is looked for asks.
    void statement_begins(std::size_t ordinal, Millis on_clock, PollFor what);
    void statement_ended();
    // What was seen since the last call, for the transaction that just ended.
    std::vector<SampledHold> take_holds();
    // Of the statement that ended last.
    StatementWatch take_watch();
    SamplerFigures figures() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rehearse::observe
