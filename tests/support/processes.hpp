#pragma once

#include <sys/types.h>

namespace rehearse::test {

// Waits for a process that need not be our child; false when it still runs after ten seconds.
bool ends_soon(pid_t pid);

}  // namespace rehearse::test
