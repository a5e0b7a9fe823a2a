#include "observe/poll_pace.hpp"

#include <gtest/gtest.h>

namespace rehearse::observe {
namespace {

using namespace std::chrono_literals;

TEST(PollPace, CheapPollsFollowTheInterval) {
    PollPace pace{Millis{1}};
    const Clock::time_point start{};
    pace.polled(start, start + 50us, 7, Millis{0});
    EXPECT_EQ(pace.next(), start + 1ms);
}

TEST(PollPace, DearPollsTakeATenthOfTheTime) {
    PollPace pace{Millis{1}};
    const Clock::time_point start{};
    pace.polled(start, start + 50ms, 56'000, Millis{0});
    EXPECT_NEAR(Millis(pace.next() - start).count(), 500, 0.001);
}

TEST(PollPace, AStallIsNotACost) {
    PollPace pace{Millis{1}};
    const Clock::time_point start{};
    pace.polled(start, start + 50ms, 7, Millis{0});
    EXPECT_LT(Millis(pace.next() - start).count(), 54);
}

TEST(PollPace, ALongStatementIsPolledLessOftenAndTheNextOneAtOnce) {
    PollPace pace{Millis{1}};
    const Clock::time_point start{};
    pace.polled(start, start + 50us, 7, Millis{1'000});
    EXPECT_EQ(pace.next(), start + 20ms);
    EXPECT_EQ(pace.next_of_another(), start + 1ms);
    pace.polled(start, start + 50us, 7, Millis{600'000});
    EXPECT_EQ(pace.next(), start + 50ms);
}

}  // namespace
}  // namespace rehearse::observe
