#include "rehearse/history/trend.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace rehearse::history {
namespace {

struct LineRow {
    const char* what;
    std::vector<Sample> samples;
    double lowest, estimate, highest;  // slopes
    double intercept;
    bool is_clear, rises;
};

TEST(RobustLine, GoesThroughTheMiddleOfItsSamples) {
    const std::vector<LineRow> rows{
        {"a straight line", {{0, 1}, {1, 3}, {2, 5}}, 2, 2, 2, 1, true, true},
        {"one that falls", {{0, 9}, {1, 8}, {3, 6}}, -1, -1, -1, 9, true, false},
        {"one that stays", {{0, 4}, {1, 4}, {2, 4}}, 0, 0, 0, 4, false, false},
        {"up and down", {{0, 4}, {1, 6}, {2, 5}}, -1, 0.5, 2, 4, false, false},
        {"up, but not evenly", {{0, 0}, {1, 1}, {2, 4}}, 1, 2, 3, 0, true, true},
        // The stray sample is in four of the ten pairs.
        {"a stray one", {{0, 0}, {1, 1}, {2, 90}, {3, 3}, {4, 4}}, -87, 1, 89, 0, false, false},
        // Two runs on the first snapshot, three on the last.
        {"the same x twice",
         {{0, 1}, {0, 3}, {1, 4}, {2, 6}, {2, 6}, {2, 99}},
         2,
         2,
         2,
         2,
         true,
         true},
    };
    for (const auto& row : rows) {
        const auto line = robust_line(row.samples);
        ASSERT_TRUE(line) << row.what;
        EXPECT_DOUBLE_EQ(line->lowest.slope, row.lowest) << row.what;
        EXPECT_DOUBLE_EQ(line->estimate.slope, row.estimate) << row.what;
        EXPECT_DOUBLE_EQ(line->highest.slope, row.highest) << row.what;
        EXPECT_DOUBLE_EQ(line->estimate.intercept, row.intercept) << row.what;
        EXPECT_EQ(line->is_clear(), row.is_clear) << row.what;
        EXPECT_EQ(line->rises(), row.rises) << row.what;
    }
}

TEST(RobustLine, NeedsThreeDifferentX) {
    EXPECT_FALSE(robust_line({}));
    EXPECT_FALSE(robust_line({{0, 1}, {1, 2}}));
    EXPECT_FALSE(robust_line({{0, 1}, {1, 2}, {1, 3}, {0, 1}, {1, 9}}));
    EXPECT_EQ(robust_line({{0, 1}, {1, 2}, {1, 3}, {2, 4}})->samples, 3U);
}

// Of the 45 slopes of ten samples, those of rank 13 and 33 bound 90 %; the stray one has four below
// and five above.
TEST(RobustLine, MoreSamplesBoundItCloser) {
    std::vector<Sample> samples;
    for (int i = 0; i < 10; ++i) samples.push_back({double(i), 2.0 * i});
    samples[5].y = 500;
    const auto line = robust_line(samples);
    EXPECT_DOUBLE_EQ(line->lowest.slope, 2);
    EXPECT_DOUBLE_EQ(line->estimate.slope, 2);
    EXPECT_DOUBLE_EQ(line->highest.slope, 2);
}

class RandomLines : public testing::Test {
  protected:
    std::vector<Sample> samples() {
        std::vector<Sample> made;
        const int count = std::uniform_int_distribution{3, 30}(random_);
        const double slope = std::normal_distribution{0.0, 5.0}(random_);
        for (int i = 0; i < count; ++i) {
            made.push_back({double(i), slope * i + std::normal_distribution{0.0, 3.0}(random_)});
        }
        return made;
    }
    std::mt19937 random_{20261122};
};

TEST_F(RandomLines, KeepTheirEstimateBetweenTheirBounds) {
    for (int i = 0; i < 500; ++i) {
        const auto line = robust_line(samples());
        EXPECT_LE(line->lowest.slope, line->estimate.slope);
        EXPECT_LE(line->estimate.slope, line->highest.slope);
    }
}

TEST_F(RandomLines, DoNotDependOnTheOrderOfTheSamples) {
    for (int i = 0; i < 100; ++i) {
        auto some = samples();
        const auto line = robust_line(some);
        std::shuffle(some.begin(), some.end(), random_);
        EXPECT_EQ(robust_line(some)->estimate, line->estimate);
        EXPECT_EQ(robust_line(some)->lowest, line->lowest);
    }
}

TEST_F(RandomLines, FollowAMirroredAxis) {
    for (int i = 0; i < 100; ++i) {
        auto some = samples();
        const auto line = robust_line(some);
        for (auto& sample : some) sample.y = -sample.y;
        const auto mirrored = robust_line(some);
        EXPECT_DOUBLE_EQ(mirrored->estimate.slope, -line->estimate.slope);
        EXPECT_DOUBLE_EQ(mirrored->highest.slope, -line->lowest.slope);
        EXPECT_DOUBLE_EQ(mirrored->lowest.slope, -line->highest.slope);
    }
}

// The true slope lies within the bounds in at least the nine of ten cases that they promise.
TEST_F(RandomLines, BoundTheTrueSlope) {
    constexpr int kCases = 1'000;
    int inside = 0;
    for (int i = 0; i < kCases; ++i) {
        std::vector<Sample> some;
        for (int x = 0; x < 12; ++x) {
            some.push_back({double(x), 3.0 * x + std::normal_distribution{0.0, 4.0}(random_)});
        }
        const auto line = robust_line(some);
        inside += line->lowest.slope <= 3 && line->highest.slope >= 3;
    }
    EXPECT_GE(inside, kCases * 88 / 100);
    // They are no wider than that needs.
    EXPECT_LE(inside, kCases * 97 / 100);
}

}  // namespace
}  // namespace rehearse::history
