#pragma once

#include "rehearse/history/run.hpp"

#include <string>
#include <vector>

namespace rehearse::history {

// The runs of one migration in one ISO week, and the one that stands for them: the newest whose
// time can be compared with the newest that was timed to its end; else the newest.
struct Week {
    std::string name;  // "2026-W48"; "?" where no one can tell
    const Occurrence* shown = nullptr;
    std::size_t runs = 0, failed = 0;
};

// Newest first, like `occurrences`, which outlive them.
std::vector<Week> weeks_of(const std::vector<Occurrence>& occurrences);

}  // namespace rehearse::history
