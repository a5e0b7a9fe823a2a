#include "poll_pace.hpp"

#include <algorithm>

namespace rehearse::observe {

namespace {

struct Fineness {
    double share_of_time;  // that polling may take
    double share_of_statement;
    Millis longest_wait;
};
constexpr Fineness kClose{0.1, 0.02, Millis{50}};
constexpr Fineness kLoose{0.02, 0.2, Millis{100}};

// Twice and more of what a poll was measured to cost: 0.09 to 0.15 ms with a few locks, 1.0 ms with
// 1,000, 51 ms with 56,000. What it takes beyond that, a busy machine kept it waiting; that costs
// the migration nothing.
Millis highest_cost(std::size_t rows) {
    return Millis{0.3 + 0.002 * static_cast<double>(rows)};
}

}  // namespace

void PollPace::polled(Clock::time_point begun, Clock::time_point ended, std::size_t rows,
                      Millis running, bool closely) {
    const Millis cost = std::min<Millis>(ended - begun, highest_cost(rows));
    const auto steps = [](Millis span) {
        return std::chrono::duration_cast<Clock::duration>(span);
    };
    const auto rest = [&](const Fineness& fineness) {
        return ended + steps(cost * (1 / fineness.share_of_time - 1));
    };
    const Fineness& fineness = closely ? kClose : kLoose;
    const Millis fine_enough =
        std::min(running * fineness.share_of_statement, fineness.longest_wait);
    next_of_another_ = std::max(begun + steps(interval_), rest(kClose));
    next_ = std::max({next_of_another_, rest(fineness), begun + steps(fine_enough)});
}

}  // namespace rehearse::observe
