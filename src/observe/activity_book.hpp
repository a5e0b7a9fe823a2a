#pragma once

#include "rehearse/pg/lock_reading.hpp"

namespace rehearse::observe {

// Tells what was done to rows between two readings of counters that only grow, and that the server
// sets back to zero whenever it has reported them. Pure.
class ActivityBook {
  public:
    // Relations where nothing was done are left out.
    std::map<pg::Oid, pg::RelationActivity> since_last(const pg::ActivityReading& now);

  private:
    pg::ActivityReading last_;
};

}  // namespace rehearse::observe
