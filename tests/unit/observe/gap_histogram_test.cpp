#include "observe/gap_histogram.hpp"

#include <gtest/gtest.h>

namespace rehearse::observe {
namespace {

TEST(GapHistogram, HasNoFiguresWithoutGaps) {
    const GapHistogram none;
    EXPECT_EQ(none.percentile(0.5), Millis{0});
    EXPECT_EQ(none.longest(), Millis{0});
}

TEST(GapHistogram, PercentilesAreRightToTheWidthOfABucket) {
    GapHistogram gaps;
    for (int i = 1; i <= 1000; ++i) gaps.add(Millis{i * 0.01});  // 0.01 to 10 ms
    EXPECT_NEAR(gaps.percentile(0.5).count(), 5.0, 0.25);
    EXPECT_NEAR(gaps.percentile(0.99).count(), 9.9, 0.5);
    EXPECT_EQ(gaps.percentile(1.0), gaps.longest());
    EXPECT_EQ(gaps.longest(), Millis{10});
}

TEST(GapHistogram, TakesTheShortestAndTheLongest) {
    GapHistogram gaps;
    gaps.add(Millis{0});
    EXPECT_EQ(gaps.percentile(0.5), Millis{0});
    gaps.add(std::chrono::hours{2});
    EXPECT_EQ(gaps.longest(), Millis{std::chrono::hours{2}});
    EXPECT_GT(gaps.percentile(0.99), Millis{std::chrono::minutes{15}});
}

}  // namespace
}  // namespace rehearse::observe
