#pragma once

#include "rehearse/snapshot/archive.hpp"

#include <string>
#include <vector>

namespace rehearse::snapshot {

// Sorted, each once.
std::vector<std::string> roles_needed_by(const Archive& archive);
std::vector<std::string> extensions_needed_by(const Archive& archive);

}  // namespace rehearse::snapshot
