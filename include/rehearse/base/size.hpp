#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rehearse {

// "512MB", "4GB", "1.5 TB", "8192"; powers of 1024 as PostgreSQL and docker count them. nullopt for
// anything else.
std::optional<std::uint64_t> parse_size(std::string_view text);

// For people: "612 B", "4.1 GB".
std::string format_bytes(std::uint64_t bytes);
// "31 M", "1.2 k", "812".
std::string format_count(std::uint64_t count);

}  // namespace rehearse
