#pragma once

#include "rehearse/base/time.hpp"

#include <optional>
#include <string>

namespace rehearse::observe {

// What is told of a statement while it runs.
struct LiveStatus {
    Millis elapsed{};
    std::string strongest_lock;  // "AccessExclusiveLock on audit_log"; empty when none is seen
    std::string phase;           // of the progress views; empty when there is none
    std::optional<double> share_done;  // 0 to 1, of the phase
    // Of the phase, were it to go on as fast as until now; none for its first two seconds. What
    // comes after the phase, the server does not tell.
    std::optional<Millis> phase_left;
};

}  // namespace rehearse::observe
