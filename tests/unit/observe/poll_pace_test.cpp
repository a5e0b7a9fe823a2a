#include "observe/poll_pace.hpp"

#include <gtest/gtest.h>

namespace rehearse::observe {
namespace {

using namespace std::chrono_literals;

TEST(PollPace, CheapPollsFollowTheInterval) {
    PollPace pace{Millis{1}};
    const Clock::time_point start{};
    pace.polled(start, start + 50us, 7, Millis{0}, true);
    EXPECT_EQ(pace.next(), start + 1ms);
}

TEST(PollPace, DearPollsTakeATenthOfTheTime) {
    PollPace pace{Millis{1}};
    const Clock::time_point start{};
    pace.polled(start, start + 50ms, 56'000, Millis{0}, true);
    EXPECT_NEAR(Millis(pace.next() - start).count(), 500, 0.001);
}

TEST(PollPace, AStallIsNotACost) {
    PollPace pace{Millis{1}};
    const Clock::time_point start{};
    pace.polled(start, start + 50ms, 7, Millis{0}, true);
    EXPECT_LT(Millis(pace.next() - start).count(), 54);
}

TEST(PollPace, ALongStatementIsPolledLessOftenAndTheNextOneAtOnce) {
    PollPace pace{Millis{1}};
    const Clock::time_point start{};
    pace.polled(start, start + 50us, 7, Millis{1'000}, true);
    EXPECT_EQ(pace.next(), start + 20ms);
    EXPECT_EQ(pace.next_of_another(), start + 1ms);
    pace.polled(start, start + 50us, 7, Millis{600'000}, true);
    EXPECT_EQ(pace.next(), start + 50ms);
}

TEST(PollPace, WhereOnlyWaitsAreLookedForItIsPolledStillLess) {
    PollPace pace{Millis{1}};
    const Clock::time_point start{};
    pace.polled(start, start + 50us, 7, Millis{0}, false);
    EXPECT_NEAR(Millis(pace.next() - start).count(), 2.5, 0.001);
    pace.polled(start, start + 50us, 7, Millis{100}, false);
    EXPECT_EQ(pace.next(), start + 20ms);
    pace.polled(start, start + 50us, 7, Millis{600'000}, false);
    EXPECT_EQ(pace.next(), start + 100ms);
}

}  // namespace
}  // namespace rehearse::observe
