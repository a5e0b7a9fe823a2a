#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace rehearse::migrations {

enum class Digest { md5, sha1, sha256, sha384 };

// In hexadecimal, lower case.
std::string digest_of(std::string_view text, Digest digest);

// SHA-256 of all that was added so far, in base64.
class RunningSha256 {
  public:
    RunningSha256();
    ~RunningSha256();
    RunningSha256(const RunningSha256&) = delete;
    RunningSha256& operator=(const RunningSha256&) = delete;

    void add(std::string_view text);
    std::string base64() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// CRC-32 as zlib counts it, continued from `before`.
std::uint32_t crc32_of(std::string_view text, std::uint32_t before = 0);

// SipHash-1-3 with the keys 0, 0, of 64 bits.
std::uint64_t siphash_1_3(std::string_view text);

}  // namespace rehearse::migrations
