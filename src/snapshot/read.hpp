#pragma once

#include "rehearse/snapshot/snapshot.hpp"

#include <filesystem>

namespace rehearse::snapshot {

// Format, compression, name and time from the first bytes of a dump or the manifest's folder around
// it; nothing is checked for being complete. Throws Unusable, NotADump for what is none.
Snapshot peek(const std::filesystem::path& path);

// read_snapshot() that throws Unusable.
Snapshot read_checked(const std::filesystem::path& path, Progress& progress);

// When something was last written into the file or the folder's files.
WallClock::time_point last_written(const std::filesystem::path& path);

}  // namespace rehearse::snapshot
