#pragma once

#include "rehearse/base/time.hpp"

#include <algorithm>

namespace rehearse::observe {

// What readings that can be put off may take: a transaction that makes thousands of tables, or
// inserts ten thousand rows, is not read thousands of times, and one of a few statements after
// each. Milliseconds; whatever was saved, no more than kLargest is there.
class ReadingBudget {
  public:
    static constexpr Millis kLargest{20};

    explicit ReadingBudget(Millis per_statement) : per_statement_{per_statement} {}

    // Of one more statement: whether there is enough for a reading, which is then paid.
    bool pays(Millis cost) {
        left_ = std::min(left_ + per_statement_, kLargest);
        if (left_ < cost) return false;
        left_ -= cost;
        return true;
    }

  private:
    Millis per_statement_;
    Millis left_ = kLargest;
};

}  // namespace rehearse::observe
