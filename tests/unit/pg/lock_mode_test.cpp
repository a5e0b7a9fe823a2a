#include "rehearse/pg/types.hpp"

#include <gtest/gtest.h>

#include <array>

namespace rehearse::pg {
namespace {

constexpr auto kAll = {
    LockMode::access_share,  LockMode::row_share,
    LockMode::row_exclusive, LockMode::share_update_exclusive,
    LockMode::share,         LockMode::share_row_exclusive,
    LockMode::exclusive,     LockMode::access_exclusive,
};

// PostgreSQL manual, table 13.2, as it stands there: x where the modes conflict.
constexpr std::array<std::string_view, kLockModeCount> kTable{
    ".......x",  // ACCESS SHARE
    "......xx",  // ROW SHARE
    "....xxxx",  // ROW EXCLUSIVE
    "...xxxxx",  // SHARE UPDATE EXCLUSIVE
    "..xx.xxx",  // SHARE
    "..xxxxxx",  // SHARE ROW EXCLUSIVE
    ".xxxxxxx",  // EXCLUSIVE
    "xxxxxxxx",  // ACCESS EXCLUSIVE
};

TEST(LockModes, ConflictAsTable132Says) {
    for (const LockMode a : kAll) {
        for (const LockMode b : kAll) {
            const char cell = kTable[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)];
            EXPECT_EQ(conflicts(a, b), cell == 'x') << to_string(a) << " and " << to_string(b);
        }
    }
}

TEST(LockModes, ConflictBothWays) {
    for (const LockMode a : kAll) {
        for (const LockMode b : kAll) EXPECT_EQ(conflicts(a, b), conflicts(b, a));
    }
}

TEST(LockModes, AreSpelledAsPgLocksSpellsThem) {
    for (const LockMode mode : kAll) EXPECT_EQ(lock_mode_from(to_string(mode)), mode);
    EXPECT_EQ(to_string(LockMode::share_update_exclusive), "ShareUpdateExclusiveLock");
    EXPECT_EQ(lock_mode_from("accessexclusivelock"), std::nullopt);
    EXPECT_EQ(lock_mode_from("SIReadLock"), std::nullopt);
}

TEST(LockModes, BlockReadersAndWriters) {
    for (const LockMode mode : kAll) {
        EXPECT_EQ(blocks_reads(mode), mode == LockMode::access_exclusive) << to_string(mode);
        EXPECT_EQ(blocks_writes(mode), mode >= LockMode::share) << to_string(mode);
    }
}

}  // namespace
}  // namespace rehearse::pg
