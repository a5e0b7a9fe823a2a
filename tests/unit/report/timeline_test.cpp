#include "report/timeline.hpp"

#include <gmock/gmock.h>

#include <limits>

namespace rehearse::report {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

LockPart lock(const std::string& relation, const std::string& mode, double from_ms, double to_ms) {
    LockPart part;
    part.relation = relation;
    part.mode = mode;
    part.acquired_ms = from_ms;
    part.released_ms = to_ms;
    part.held_ms = to_ms - from_ms;
    part.evidence = "exact";
    return part;
}

StatementPart statement(std::size_t ordinal, double elapsed_ms,
                        const std::vector<LockPart>& locks = {}) {
    StatementPart part;
    part.ordinal = ordinal;
    part.elapsed_ms = elapsed_ms;
    part.locks = locks;
    return part;
}

std::vector<std::size_t> ordinals_of(const Timeline& timeline) {
    std::vector<std::size_t> ordinals;
    for (const auto& timed : timeline.statements) ordinals.push_back(timed.statement->ordinal);
    return ordinals;
}

std::vector<std::string> relations_of(const Timeline& timeline) {
    std::vector<std::string> relations;
    for (const auto& lane : timeline.lanes) relations.push_back(lane.relation);
    return relations;
}

TEST(Stretch, IsInPerCentAndStaysOnTheAxis) {
    const struct {
        double from_ms, to_ms, total_ms, x, width;
    } cases[] = {
        {0, 500, 1'000, 0, 50},           {250, 1'000, 1'000, 25, 75}, {500, 500, 1'000, 50, 0.4},
        {1'000, 1'000, 1'000, 99.6, 0.4}, {900, 9'000, 1'000, 90, 10}, {-5, 100, 1'000, 0, 10},
        {800, 200, 1'000, 80, 0.4},       {0, 0, 0, 0, 100},
    };
    for (const auto& c : cases) {
        const auto stretch = stretch_of(c.from_ms, c.to_ms, c.total_ms);
        EXPECT_THAT(stretch.x, DoubleNear(c.x, 1e-9)) << c.from_ms << " to " << c.to_ms;
        EXPECT_THAT(stretch.width, DoubleNear(c.width, 1e-9)) << c.from_ms << " to " << c.to_ms;
    }
}

TEST(Ticks, AreRoundTimes) {
    EXPECT_THAT(ticks_of(0), ElementsAre(0));
    EXPECT_THAT(ticks_of(0.6),
                ElementsAre(0, 0.1, 0.2, DoubleNear(0.3, 1e-9), 0.4, 0.5, DoubleNear(0.6, 1e-9)));
    EXPECT_THAT(ticks_of(449), ElementsAre(0, 100, 200, 300, 400));
    EXPECT_THAT(ticks_of(4'200), ElementsAre(0, 1'000, 2'000, 3'000, 4'000));
    EXPECT_THAT(ticks_of(41'204), ElementsAre(0, 10'000, 20'000, 30'000, 40'000));
    EXPECT_THAT(ticks_of(500'000), ElementsAre(0, 120'000, 240'000, 360'000, 480'000));
    EXPECT_THAT(ticks_of(5 * 3'600'000.0),
                ElementsAre(0, 3'600'000, 7'200'000, 10'800'000, 14'400'000, 18'000'000));
}

TEST(Ticks, AreNeverMoreThanSeven) {
    for (double total = 0.001; total < 1e12; total *= 1.37) {
        const auto count = ticks_of(total).size();
        EXPECT_GE(count, 2U) << total;
        EXPECT_LE(count, 7U) << total;
    }
}

TEST(Ticks, OfNextToNothingAreItsBeginning) {
    for (const double total : {1e-12, std::numeric_limits<double>::denorm_min(), -1.0, -1e300})
        EXPECT_THAT(ticks_of(total), ElementsAre(0)) << total;
}

TEST(KeptOut, FollowsFromTheMode) {
    EXPECT_EQ(kept_out_by(lock("t", "AccessExclusiveLock", 0, 1)), KeepsOut::everybody);
    EXPECT_EQ(kept_out_by(lock("t", "ShareLock", 0, 1)), KeepsOut::writers);
    EXPECT_EQ(kept_out_by(lock("t", "ShareUpdateExclusiveLock", 0, 1)), KeepsOut::nobody);
    EXPECT_EQ(kept_out_by(lock("pg_toast.pg_toast_1", "AccessExclusiveLock", 0, 1)),
              KeepsOut::nobody);
    auto of_new_table = lock("t", "AccessExclusiveLock", 0, 1);
    of_new_table.new_relation = true;
    EXPECT_EQ(kept_out_by(of_new_table), KeepsOut::nobody);
}

TEST(Timeline, PutsStatementsAndTheirCommitsOneAfterTheOther) {
    MigrationPart migration;
    migration.elapsed_ms = 60;
    migration.statements = {statement(1, 10), statement(2, 20), statement(3, 30)};
    migration.statements[0].commit_ms = 5;
    const auto timeline = timeline_of(migration, {});
    ASSERT_EQ(timeline.statements.size(), 3U);
    EXPECT_EQ(timeline.statements[1].began_ms, 15);
    EXPECT_EQ(timeline.statements[2].began_ms, 35);
    EXPECT_EQ(timeline.statements[2].ended_ms, 65);
    EXPECT_EQ(timeline.total_ms, 65);
}

TEST(Timeline, KnowsWhichStatementsHaveNoPlaceOfTheirOwn) {
    MigrationPart migration;
    auto& statements = migration.statements;
    statements = {statement(1, 10), statement(5, 20), statement(6, 30)};
    statements[0].repeated = 4;
    statements[2].repeated = 2;
    EXPECT_TRUE(timeline_of(migration, {}).statements.back().is_placed) << "one after the other";
    statements[1].ordinal = 3;
    const auto timeline = timeline_of(migration, {});
    for (const auto& timed : timeline.statements) EXPECT_FALSE(timed.is_placed);
    statements[0].repeated = 1;
    statements[1].repeated = 9;
    EXPECT_TRUE(timeline_of(migration, {}).statements[0].is_placed);
    EXPECT_FALSE(timeline_of(migration, {}).statements[1].is_placed);
}

TEST(Timeline, LastsAsLongAsItsLastLock) {
    MigrationPart migration;
    migration.statements = {statement(1, 10, {lock("t", "ShareLock", 0, 40)})};
    EXPECT_EQ(timeline_of(migration, {}).total_ms, 40);
}

TEST(Timeline, KeepsTheLongestStatementsAndTheOneThatFailed) {
    MigrationPart migration;
    migration.statements = {statement(1, 1), statement(2, 50), statement(3, 2), statement(4, 40),
                            statement(5, 0.1)};
    migration.error.emplace().statement = 5;
    const auto timeline = timeline_of(migration, {.statements = 3});
    EXPECT_THAT(ordinals_of(timeline), ElementsAre(2, 4, 5));
    EXPECT_EQ(timeline.statements_left_out, 2U);
    EXPECT_EQ(timeline.left_out_ms, 3);
}

TEST(Timeline, PutsWhatKeepsSomebodyOutFirst) {
    MigrationPart migration;
    migration.statements = {statement(
        1, 100,
        {lock("weak", "RowExclusiveLock", 0, 100), lock("writes", "ShareLock", 0, 90),
         lock("all", "AccessExclusiveLock", 0, 10), lock("all", "AccessShareLock", 0, 100)})};
    const auto timeline = timeline_of(migration, {});
    EXPECT_THAT(relations_of(timeline), ElementsAre("writes", "all", "weak"));
    // By its strongest lock, which lies above the weaker one.
    EXPECT_EQ(timeline.lanes[1].held_ms, 10);
    EXPECT_TRUE(timeline.lanes[1].is_exact);
    EXPECT_EQ(timeline.lanes[1].holds.back().lock->mode, "AccessExclusiveLock");
}

TEST(Timeline, IsAsSureAsTheLongestOfTheStrongestLocks) {
    MigrationPart migration;
    auto& locks = migration.statements.emplace_back().locks;
    locks = {lock("t", "ShareLock", 0, 10), lock("t", "ShareLock", 0, 40),
             lock("t", "AccessShareLock", 0, 90)};
    locks[1].evidence = "sampled";
    EXPECT_FALSE(timeline_of(migration, {}).lanes[0].is_exact);
    locks[1].evidence = "exact";
    locks[0].evidence = locks[2].evidence = "sampled";
    EXPECT_TRUE(timeline_of(migration, {}).lanes[0].is_exact);
}

TEST(TimelineLimits, ShrinkWithTheNumberOfMigrations) {
    EXPECT_EQ(limits_for(0).lanes, TimelineLimits{}.lanes);
    EXPECT_EQ(limits_for(10).statements, TimelineLimits{}.statements);
    EXPECT_EQ(limits_for(300).lanes, 10U);
    EXPECT_EQ(limits_for(5'000).lanes, 6U);
}

TEST(Timeline, SaysWhatItLeavesOut) {
    MigrationPart migration;
    migration.statements = {statement(1, 100)};
    for (int i = 1; i <= 7; ++i) {
        migration.statements[0].locks.push_back(
            lock("t" + std::to_string(i), "AccessExclusiveLock", 0, i));
        migration.statements[0].locks.push_back(lock("t7", "AccessShareLock", 0, i));
    }
    const auto timeline = timeline_of(migration, {.lanes = 2, .holds_in_lane = 3});
    EXPECT_THAT(relations_of(timeline), ElementsAre("t7", "t6"));
    EXPECT_EQ(timeline.lanes_left_out, 5U);
    ASSERT_TRUE(timeline.longest_left_out);
    EXPECT_EQ(timeline.longest_left_out->relation, "t5");
    EXPECT_EQ(timeline.lanes[0].holds.size(), 3U);
    EXPECT_EQ(timeline.lanes[0].holds_left_out, 5U);
    EXPECT_EQ(timeline.lanes[0].holds.back().keeps_out, KeepsOut::everybody);
}

}  // namespace
}  // namespace rehearse::report
