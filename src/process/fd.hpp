#pragma once

#include "rehearse/base/fd.hpp"

namespace rehearse::process {

struct Pipe {
    Fd reading;
    Fd writing;
};

// Both ends close on exec. Throws Error(internal) when the process has no descriptor left.
Pipe make_pipe();

// Reads and writes on it return at once instead of waiting.
void make_non_blocking(const Fd& fd);

}  // namespace rehearse::process
