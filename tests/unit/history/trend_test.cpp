#include "rehearse/history/trend.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

namespace rehearse::history {
namespace {

using samples::backfill;

// Weeks after the newest of `snapshots` weekly ones.
double weeks_ahead(WallClock::time_point time, std::size_t snapshots) {
    const auto newest = *from_iso8601(samples::week(static_cast<int>(snapshots) - 1));
    return std::chrono::duration<double, std::ratio<604'800>>(time - newest).count();
}

struct CrossingRow {
    const char* what;
    std::vector<double> seconds;  // one a week, oldest first
    double limit_seconds;
    std::optional<double> at;  // weeks after the newest
    double earliest = 0;
    std::optional<double> latest = std::nullopt;
};

TEST(Crossing, IsToldWhereTheTrendIsClearAndNotTooFar) {
    const std::vector<CrossingRow> rows{
        {"exactly on a line", {60, 90, 120}, 150, 1, 1, 1},
        {"from three weeks, up to six ahead", {60, 90, 120}, 300, 6, 6, 6},
        {"further than that", {60, 90, 120}, 301, std::nullopt},
        {"no clear trend", {60, 120, 90}, 130, std::nullopt},
        {"falls", {120, 90, 60}, 150, std::nullopt},
        {"stays", {60, 60, 60}, 61, std::nullopt},
        {"is over it", {60, 90, 120}, 110, std::nullopt},
        {"two weeks", {60, 90}, 100, std::nullopt},
        // Slopes 10, 15 and 20 s a week; their lines at the newest: 80, 90 and 90 s.
        {"not evenly", {60, 70, 90}, 120, 2, 1.5, 4},
        // Slopes 1 and 59: the flat one does not get there before the horizon.
        {"the latest beyond the horizon", {60, 61, 120}, 150, 1, 0, std::nullopt},
    };
    for (const auto& row : rows) {
        const auto trend = trend_of(backfill(row.seconds));
        ASSERT_EQ(trend.has_value(), row.seconds.size() >= 3) << row.what;
        const auto crossing = trend ? crossing_of(*trend, row.limit_seconds * 1'000) : std::nullopt;
        ASSERT_EQ(crossing.has_value(), row.at.has_value()) << row.what;
        if (!crossing) continue;
        const auto count = row.seconds.size();
        EXPECT_NEAR(weeks_ahead(crossing->at, count), *row.at, 0.02) << row.what;
        EXPECT_LE(crossing->earliest, crossing->at) << row.what;
        EXPECT_EQ(crossing->latest.has_value(), row.latest.has_value()) << row.what;
        if (row.latest) {
            EXPECT_NEAR(weeks_ahead(crossing->earliest, count), row.earliest, 0.02) << row.what;
            EXPECT_NEAR(weeks_ahead(*crossing->latest, count), *row.latest, 0.02) << row.what;
        }
    }
}

TEST(Crossing, IsNeverBeyondTheHorizonOrBeforeTheNewestSnapshot) {
    for (const double limit : {95.0, 120.0, 200.0, 400.0, 1e6, 1e300}) {
        for (const auto& seconds : std::vector<std::vector<double>>{
                 {60, 70, 90}, {10, 60, 61, 93}, {1, 1.0001, 1.0002}, {60, 61, 90, 90.5}}) {
            const auto trend = trend_of(backfill(seconds));
            const auto crossing = crossing_of(*trend, limit * 1'000);
            if (!crossing) continue;
            EXPECT_GE(crossing->earliest, trend->last);
            EXPECT_GE(crossing->at, crossing->earliest);
            EXPECT_LE(crossing->at, horizon_of(*trend));
            if (crossing->latest) {
                EXPECT_GE(*crossing->latest, crossing->at);
                EXPECT_LE(*crossing->latest, horizon_of(*trend));
            }
        }
    }
}

TEST(Trend, CountsSnapshotsAndNotRuns) {
    auto runs = backfill({60, 90, 120});
    EXPECT_EQ(trend_of(runs)->elapsed.samples, 3U);
    EXPECT_DOUBLE_EQ(trend_of(runs)->weeks(), 2);
    for (auto& run : runs) run.run.snapshot_taken_at = samples::week(0);
    EXPECT_FALSE(trend_of(runs));
    EXPECT_FALSE(trend_of({}));
}

TEST(Trend, LeavesOutRunsThatHaveNoTimeOfTheirOwn) {
    auto runs = backfill({60, 90, 1, 120, 150});
    runs[2].migration.ran_to_end = false;
    EXPECT_EQ(trend_of(runs)->elapsed.samples, 4U);
    EXPECT_TRUE(trend_of(runs)->elapsed.rises());
    runs = backfill({60, 90, 120});
    runs[0].run.snapshot_taken_at = "some day";
    EXPECT_FALSE(trend_of(runs));
}

TEST(Trend, IsOfRunsThatCanBeCompared) {
    struct Row {
        const char* what;
        void (*change)(Occurrence&);
        std::size_t samples;
    };
    const std::vector<Row> rows{
        {"other SQL", [](Occurrence& run) { run.migration.sql_id = "other"; }, 4},
        {"another engine", [](Occurrence& run) { run.run.engine = "docker"; }, 4},
        {"an older major version", [](Occurrence& run) { run.run.server_version = "14.9"; }, 4},
        {"an older minor version", [](Occurrence& run) { run.run.server_version = "15.3"; }, 5},
    };
    for (const auto& row : rows) {
        auto runs = backfill({600, 60, 90, 120, 150});
        row.change(runs.back());
        const auto trend = trend_of(runs);
        EXPECT_EQ(trend->elapsed.samples, row.samples) << row.what;
        EXPECT_EQ(trend->left_out, 5 - row.samples) << row.what;
        // The newest is what the others are compared with.
        runs = backfill({60, 90, 120});
        row.change(runs.front());
        EXPECT_EQ(trend_of(runs).has_value(), row.samples == 5) << row.what;
    }
}

std::vector<Occurrence> growing(const std::vector<double>& seconds,
                                const std::vector<std::int64_t>& bytes) {
    auto runs = backfill(seconds);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        runs[i].migration.largest_table = "users";
        runs[i].migration.largest_table_bytes = bytes[bytes.size() - 1 - i];
    }
    return runs;
}

TEST(Trend, GoesWithTheSizeOfTheTable) {
    const auto trend = trend_of(growing({60, 90, 120}, {1'000, 1'500, 2'000}));
    EXPECT_EQ(trend->table, "users");
    EXPECT_DOUBLE_EQ(trend->table_bytes->estimate.slope, 500);
    EXPECT_DOUBLE_EQ(trend->elapsed_by_size->estimate.slope, 60);
}

TEST(Trend, KnowsTheSizeFromThreeRunsInWhichTheTableIsTheSame) {
    auto runs = growing({50, 60, 90, 120}, {9'000, 1'000, 1'500, 2'000});
    // The oldest, of a rehearse that knew no size, or of another table.
    for (const auto* other : {"", "orders"}) {
        runs.back().migration.largest_table = other;
        EXPECT_DOUBLE_EQ(trend_of(runs)->table_bytes->estimate.slope, 500) << other;
        EXPECT_NEAR(trend_of(runs)->table_since, 1, 0.001) << other;
    }
    runs[1].migration.largest_table = "orders";
    EXPECT_FALSE(trend_of(runs)->table_bytes);
    EXPECT_FALSE(trend_of(runs)->elapsed_by_size);
    // A table of one size tells nothing about another size.
    const auto same_size = trend_of(growing({60, 90, 120}, {1'000, 1'000, 1'000}));
    EXPECT_FALSE(same_size->table_bytes->rises());
    EXPECT_FALSE(same_size->elapsed_by_size);
}

}  // namespace
}  // namespace rehearse::history
