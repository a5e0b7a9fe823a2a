#pragma once

#include "rehearse/base/time.hpp"

#include <sys/types.h>

namespace rehearse::test {

// Waits for a process that need not be our child; false when it still runs after `limit`.
bool ends_soon(pid_t pid, Millis limit = std::chrono::seconds(10));

}  // namespace rehearse::test
