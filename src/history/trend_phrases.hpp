#pragma once

#include "rehearse/history/trend.hpp"

#include <string>
#include <vector>

namespace rehearse::history {

struct TrendPhrase {
    std::string name;  // "trend", "size"
    std::string words;
};

// What the trend of one migration's runs, newest first, says to people.
std::vector<TrendPhrase> trend_phrases(const std::vector<Occurrence>& occurrences,
                                       WallClock::time_point now);

// "in about 3 weeks (2 to 6)"; in days where that is less than two weeks.
std::string crossing_phrase(const Crossing& crossing, WallClock::time_point now);

}  // namespace rehearse::history
