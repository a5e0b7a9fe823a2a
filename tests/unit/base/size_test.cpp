#include "rehearse/base/size.hpp"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

TEST(Size, IsReadInPowersOf1024) {
    const std::pair<const char*, std::uint64_t> cases[] = {
        {"8192", 8192},   {"512MB", 512ULL << 20}, {"4GB", 4ULL << 30}, {"4g", 4ULL << 30},
        {"1.5 kB", 1536}, {"2GiB", 2ULL << 30},    {"1TB", 1ULL << 40}, {"7B", 7},
    };
    for (const auto& [text, bytes] : cases) EXPECT_EQ(parse_size(text), bytes) << text;
    for (const char* text : {"", "MB", "-1GB", "4XB", "1e30GB"})
        EXPECT_FALSE(parse_size(text)) << text;
}

TEST(Size, IsPrintedForPeople) {
    EXPECT_EQ(format_bytes(0), "0 B");
    EXPECT_EQ(format_bytes(612), "612 B");
    EXPECT_EQ(format_bytes(4'402'341'478), "4.1 GB");
    EXPECT_EQ(format_bytes((1ULL << 20) - 1), "1.0 MB");
    EXPECT_EQ(format_count(812), "812");
    EXPECT_EQ(format_count(31'000'000), "31.0 M");
}

}  // namespace
}  // namespace rehearse
