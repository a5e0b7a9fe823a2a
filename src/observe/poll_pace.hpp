#pragma once

#include "rehearse/base/time.hpp"

#include <cstddef>

namespace rehearse::observe {

// When the next poll is due. Reading the lock table holds its partitions while the migration needs
// them, so polling takes a tenth of the time at most, and a fiftieth where only waits are looked
// for: where a poll costs much, it is done seldom.
//
// A statement that runs for long is polled less and less often, and still less where only its waits
// are looked for: with 200 polls in 0.9 s an index build with parallel workers was 6 to 10 % slower
// on two processors.
class PollPace {
  public:
    explicit PollPace(Millis interval) : interval_{interval} {}

    // `rows` is how many locks the poll returned, `running` for how long the statement had run.
    // `closely`: to 2 % of that time and 50 ms at most, else to 20 % and 100 ms.
    void polled(Clock::time_point begun, Clock::time_point ended, std::size_t rows, Millis running,
                bool closely);
    Clock::time_point next() const { return next_; }
    // For a statement that began since.
    Clock::time_point next_of_another() const { return next_of_another_; }

  private:
    Millis interval_;
    Clock::time_point next_{};
    Clock::time_point next_of_another_{};
};

}  // namespace rehearse::observe
