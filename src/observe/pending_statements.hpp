#pragma once

#include "rehearse/base/time.hpp"
#include "rehearse/pg/types.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::observe {

// Which statement took a lock, and when on the migration's clock it began.
struct Taker {
    std::size_t ordinal = 0;
    Millis started{};
};

// The statements that ran since the last reading. Memory follows the relations that they name, not
// their number.
class PendingStatements {
  public:
    void add(const Taker& statement, const std::vector<pg::RelationName>& named);
    void clear();
    std::size_t count() const { return count_; }
    const Taker& first() const { return first_; }

    // The first that names one of the relations; else the last of all.
    Taker taker_of(const std::vector<pg::RelationName>& relations) const;

  private:
    std::size_t count_ = 0;
    Taker first_;
    Taker last_;
    std::map<pg::RelationName, Taker> by_name_;  // the schema is empty where the text did not say
};

}  // namespace rehearse::observe
