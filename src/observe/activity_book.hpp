#pragma once

#include "rehearse/pg/lock_reading.hpp"

namespace rehearse::observe {

// What was done to rows between two readings of one counter. Relations where nothing was done are
// left out, and so is what the later reading has not.
pg::ActivityMap activity_between(const pg::ActivityMap& before, const pg::ActivityMap& after);

// Tells what was done to rows between two readings of counters that only grow, and that the server
// sets back to zero whenever it has reported them. Pure.
class ActivityBook {
  public:
    // Relations where nothing was done are left out.
    pg::ActivityMap since_last(const pg::ActivityReading& now);

  private:
    pg::ActivityReading last_;
};

}  // namespace rehearse::observe
