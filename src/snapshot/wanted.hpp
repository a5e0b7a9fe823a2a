#pragma once

#include "rehearse/base/time.hpp"

#include "snapshot/unusable.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::snapshot {

// "latest" is 0, "latest~2" is 2; nullopt for any other text. Throws Error(usage) for "latest~x".
std::optional<std::size_t> steps_back(std::string_view wanted);
// pg_dump's own output while a script writes it, rsync, browsers and `rehearse snapshot take`.
bool has_temporary_name(const std::string& name);
// What lies in a place, by its name. Throws Error(snapshot) when the place cannot be read.
std::vector<std::filesystem::path> entries_of(const std::filesystem::path& place);
// What was written a moment ago and is not complete is still being written.
std::string reason_for(const Unusable& unusable, WallClock::time_point last_written);

}  // namespace rehearse::snapshot
