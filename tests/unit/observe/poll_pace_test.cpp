#include "observe/poll_pace.hpp"

#include <gtest/gtest.h>

namespace rehearse::observe {
namespace {

using namespace std::chrono_literals;

TEST(PollPace, CheapPollsFollowTheInterval) {
    PollPace pace{Millis{1}};
    const Clock::time_point start{};
    pace.polled(start, start + 50us, 7);
    EXPECT_EQ(pace.next(), start + 1ms);
}

TEST(PollPace, DearPollsTakeATenthOfTheTime) {
    PollPace pace{Millis{1}};
    const Clock::time_point start{};
    pace.polled(start, start + 50ms, 56'000);
    EXPECT_NEAR(Millis(pace.next() - start).count(), 500, 0.001);
}

TEST(PollPace, AStallIsNotACost) {
    PollPace pace{Millis{1}};
    const Clock::time_point start{};
    pace.polled(start, start + 50ms, 7);
    EXPECT_LT(Millis(pace.next() - start).count(), 54);
}

}  // namespace
}  // namespace rehearse::observe
