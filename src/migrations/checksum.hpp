#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rehearse::migrations {

enum class Digest { md5, sha1, sha256, sha384 };

// In hexadecimal, lower case.
std::string digest_of(std::string_view text, Digest digest);

// CRC-32 as zlib counts it, continued from `before`.
std::uint32_t crc32_of(std::string_view text, std::uint32_t before = 0);

// SipHash-1-3 with the keys 0, 0, of 64 bits.
std::uint64_t siphash_1_3(std::string_view text);

}  // namespace rehearse::migrations
