#pragma once

#include "rehearse/base/files.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace rehearse::migrations {

// One line of a Drizzle journal, which names the files and their order.
struct DrizzleEntry {
    std::string tag;        // the file's name without ".sql"
    std::int64_t when = 0;  // milliseconds since 1970
};

// Reads meta/_journal.json. Throws Error(migrations) where it is no journal of PostgreSQL's.
std::vector<DrizzleEntry> read_drizzle_journal(const fs::path& file);

}  // namespace rehearse::migrations
