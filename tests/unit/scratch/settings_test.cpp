#include "rehearse/scratch/engine.hpp"

#include <gtest/gtest.h>

namespace rehearse::scratch {
namespace {

TEST(ScratchSettings, SharedBuffersOfTheReplayAreAQuarterOfTheMemoryWithinLimits) {
    constexpr std::uint64_t kMegabyte = std::uint64_t{1} << 20;
    const std::vector<std::pair<std::uint64_t, std::string>> cases{
        {1024 * kMegabyte, "256MB"}, {64 * 1024 * kMegabyte, "4096MB"}, {32 * kMegabyte, "16MB"}};
    for (const auto& [memory, expected] : cases) {
        EXPECT_EQ(replay_settings(memory).at("shared_buffers"), expected);
    }
}

TEST(ScratchSettings, OnlyTheRestoreGivesUpDurability) {
    const Settings restore = restore_settings();
    const Settings replay = replay_settings(1 << 30);
    for (const char* name : {"fsync", "synchronous_commit", "full_page_writes", "autovacuum"}) {
        EXPECT_EQ(restore.at(name), "off") << name;
        EXPECT_FALSE(replay.contains(name)) << name;
    }
    EXPECT_EQ(restore.at("wal_level"), "minimal");
    EXPECT_EQ(restore.at("max_wal_senders"), "0");  // the server refuses minimal without it
    EXPECT_FALSE(replay.contains("wal_level"));
    EXPECT_FALSE(restore.contains("maintenance_work_mem"));
    EXPECT_FALSE(restore.contains("shared_buffers"));
}

TEST(ScratchSettings, NoSubscriptionConnects) {
    EXPECT_EQ(restore_settings().at("max_logical_replication_workers"), "0");
    EXPECT_EQ(replay_settings(1 << 30).at("max_logical_replication_workers"), "0");
}

}  // namespace
}  // namespace rehearse::scratch
