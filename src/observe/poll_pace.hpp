#pragma once

#include "rehearse/base/time.hpp"

#include <cstddef>

namespace rehearse::observe {

// When the next poll is due. Reading the lock table holds its partitions while the migration needs
// them, so polling takes a tenth of the time at most: where a poll costs much, it is done seldom.
class PollPace {
  public:
    explicit PollPace(Millis interval) : interval_{interval} {}

    // `rows` is how many locks the poll returned.
    void polled(Clock::time_point begun, Clock::time_point ended, std::size_t rows);
    Clock::time_point next() const { return next_; }

  private:
    Millis interval_;
    Clock::time_point next_{};
};

}  // namespace rehearse::observe
