#pragma once

#include "rehearse/base/time.hpp"
#include "rehearse/pg/watch_session.hpp"

#include <cstddef>
#include <optional>

namespace rehearse::observe {

// One (transaction, relation, mode) as the sampler's readings bound it. Times count on the
// migration's clock.
struct SampledHold {
    pg::Oid relation = 0;
    pg::LockMode mode{};
    std::string virtualtransaction;
    std::size_t ordinal = 0;  // the statement during which it was first seen
    Millis statement_started{};
    std::optional<Millis> last_without;   // last reading in that statement that did not show it
    std::optional<Millis> first_waiting;  // pg_locks.granted is false
    std::optional<Millis> first_granted;
    std::optional<Millis> last_granted;
    std::optional<Millis> first_without;  // first reading after that which did not show it

    Millis waited() const {
        if (!first_waiting) return {};
        return first_granted.value_or(*first_waiting) - *first_waiting;
    }
};

}  // namespace rehearse::observe
