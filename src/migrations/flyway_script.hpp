#pragma once

#include "rehearse/base/files.hpp"

#include "placeholders.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace rehearse::migrations {

// CRC-32 of the lines without their ends, a byte order mark left out, as a signed number
// (ChecksumCalculator.java).
std::int32_t flyway_checksum(std::string_view text);

// What Flyway does with a script's transaction.
struct FlywayScript {
    bool in_transaction = true;
    bool is_mixed = false;  // has statements of both kinds: refused unless mixed=true
    bool runs = true;       // shouldExecute of its .conf
    bool replaces_placeholders = true;
};

// From the statements themselves (PostgreSQLParser.java) and from "FILE.conf" beside it, which
// wins. `text` has its placeholders filled in.
FlywayScript flyway_script(std::string_view text, const fs::path& path);

}  // namespace rehearse::migrations
