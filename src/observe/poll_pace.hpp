#pragma once

#include "rehearse/base/time.hpp"

#include <cstddef>

namespace rehearse::observe {

// When the next poll is due. Reading the lock table holds its partitions while the migration needs
// them, so polling takes a tenth of the time at most: where a poll costs much, it is done seldom.
//
// A statement that runs for long is polled less and less often: a thousand polls a second made an
// index build of 2.5 s with a parallel worker 13 % slower on two processors, and its times need not
// be known to a millisecond.
class PollPace {
  public:
    explicit PollPace(Millis interval) : interval_{interval} {}

    // `rows` is how many locks the poll returned, `running` for how long the statement had run.
    void polled(Clock::time_point begun, Clock::time_point ended, std::size_t rows, Millis running);
    Clock::time_point next() const { return next_; }
    // For a statement that began since.
    Clock::time_point next_of_another() const { return next_of_another_; }

  private:
    Millis interval_;
    Clock::time_point next_{};
    Clock::time_point next_of_another_{};
};

}  // namespace rehearse::observe
