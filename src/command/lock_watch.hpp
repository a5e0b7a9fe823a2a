#pragma once

#include "rehearse/base/time.hpp"
#include "rehearse/observe/observation.hpp"
#include "rehearse/pg/types.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::command {

// One (transaction, relation, mode) of one backend, as readings bound it.
struct LockSpan {
    int pid = 0;
    pg::Oid relation = 0;
    pg::LockMode mode{};
    std::string virtualtransaction;
    // By the sampler.
    std::optional<WallClock::time_point> last_without;  // before the first that shows it
    std::optional<WallClock::time_point> first_waiting;
    std::optional<WallClock::time_point> first_granted;
    std::optional<WallClock::time_point> last_granted;
    std::optional<WallClock::time_point> first_without;  // after the last that shows it
    // By readings between two statements of the open transaction: it was taken before the first and
    // after the second.
    std::optional<WallClock::time_point> first_exact;
    std::optional<WallClock::time_point> last_exact_without;
};

struct LocksSeen {
    std::vector<LockSpan> spans;
    std::vector<WallClock::time_point> readings;  // the sampler's, in their order
    // The last exact reading of each transaction.
    std::map<std::string, WallClock::time_point> read_exactly;
    observe::SamplerFigures figures;
};

// Reads the locks of all backends of a command: a thread of its own polls them while there are any,
// and the relay asks between two statements. Memory follows the number of holds, and eight bytes a
// poll.
class LockWatch {
  public:
    LockWatch(const pg::ConnInfo& where, Millis interval);
    LockWatch(const LockWatch&) = delete;
    LockWatch& operator=(const LockWatch&) = delete;
    ~LockWatch();

    // Any thread.
    void watch(int pid);
    void forget(int pid);
    // While the backend is at rest inside its transaction: all that it holds. One thread only.
    void read_between(int pid);

    // Ends the polling.
    LocksSeen take();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rehearse::command
