#pragma once

#include "rehearse/pg/lock_reading.hpp"

#include <vector>

namespace rehearse::observe {

// What was done to rows between two readings of counters that grow, of the relations that the later
// one has. A counter that was set back meanwhile counts for nothing: from what, nobody knows.
// Relations where nothing was done are left out.
pg::ActivityMap activity_between(const pg::ActivityMap& before, const pg::ActivityMap& after);

// Tells what was done to rows between two readings of a session's counters, which the server sets
// back to zero whenever it has reported them. Pure.
class ActivityBook {
  public:
    // Relations where nothing was done are left out.
    pg::ActivityMap since_last(const pg::ActivityReading& now);
    // TRUNCATE sets back what its transaction counted, and a rollback takes that back.
    void transaction_ended(bool is_committed);
    std::vector<pg::Oid> relations() const;
    // The session has reported what it counted.
    void was_reported() { *this = {}; }

  private:
    pg::ActivityReading last_;
    pg::ActivityMap highest_;  // in the open transaction
};

}  // namespace rehearse::observe
