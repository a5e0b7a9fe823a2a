#include "migrations/numbering.hpp"

#include <gtest/gtest.h>

namespace rehearse::migrations {
namespace {

TEST(Numbering, IsByNumberNotByText) {
    EXPECT_LT(Numbering("2"), Numbering("10"));
    EXPECT_LT(Numbering("0002"), Numbering("10"));
    EXPECT_LT(Numbering("99"), Numbering("20240102030405"));
    EXPECT_EQ(Numbering("007"), Numbering("7"));
    EXPECT_EQ(Numbering("0"), Numbering("000"));
    EXPECT_LT(Numbering("18446744073709551615"), Numbering("18446744073709551616"));
}

TEST(Numbering, ComparesPartsInTurn) {
    EXPECT_LT(Numbering("1.2"), Numbering("1.10"));
    EXPECT_LT(Numbering("1"), Numbering("1.1"));
    EXPECT_LT(Numbering("2026-11-15"), Numbering("2026-12-01"));
    EXPECT_EQ(Numbering("2026-01-05"), Numbering("2026-1-5"));
}

TEST(Numbering, IsEmptyForWhatIsNoVersion) {
    for (const char* text : {"", "a", "12a", "1_2", "1.", "-1", " 1", "1..2"})
        EXPECT_TRUE(Numbering(text).empty()) << text;
}

}  // namespace
}  // namespace rehearse::migrations
