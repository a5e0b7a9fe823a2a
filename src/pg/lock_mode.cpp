#include "rehearse/pg/types.hpp"

#include <array>

namespace rehearse::pg {

namespace {

constexpr std::array<std::string_view, kLockModeCount> kNames{
    "AccessShareLock", "RowShareLock",          "RowExclusiveLock", "ShareUpdateExclusiveLock",
    "ShareLock",       "ShareRowExclusiveLock", "ExclusiveLock",    "AccessExclusiveLock",
};

// Table 13.2 "Conflicting Lock Modes", row by row: one bit a mode, weakest lowest.
constexpr std::array<unsigned, kLockModeCount> kConflicts{
    0b1000'0000,  // AccessShare
    0b1100'0000,  // RowShare
    0b1111'0000,  // RowExclusive
    0b1111'1000,  // ShareUpdateExclusive
    0b1110'1100,  // Share
    0b1111'1100,  // ShareRowExclusive
    0b1111'1110,  // Exclusive
    0b1111'1111,  // AccessExclusive
};

}  // namespace

std::string_view to_string(LockMode mode) {
    return kNames[static_cast<std::size_t>(mode)];
}

std::optional<LockMode> lock_mode_from(std::string_view name) {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i] == name) return static_cast<LockMode>(i);
    }
    return std::nullopt;
}

bool conflicts(LockMode a, LockMode b) {
    return (kConflicts[static_cast<std::size_t>(a)] >> static_cast<unsigned>(b) & 1U) != 0;
}

bool blocks_reads(LockMode mode) {
    return conflicts(mode, LockMode::access_share);
}

bool blocks_writes(LockMode mode) {
    return conflicts(mode, LockMode::row_exclusive);
}

}  // namespace rehearse::pg
