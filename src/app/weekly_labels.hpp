#pragma once

#include "rehearse/history/run.hpp"

#include <vector>

// Which change of a label the team hears of. Where a time is near a limit, its label goes to and
// fro from week to week: such a change is told when the time is more than 10 % beyond the limit, or
// in the second run with the same label. One from ok to rethink, or back, is told at once, and so
// is what failed or did not run to its end.
namespace rehearse::app {

// `told`: the runs of one migration that the team was told of, newest first, in which it was run.
// The newest of them with the label that the team knows; nullptr where there is none.
const history::Occurrence* known_run(const std::vector<history::Occurrence>& told);

// `known` is known_run(told).
bool is_worth_telling(const history::Occurrence& known,
                      const std::vector<history::Occurrence>& told, const history::Occurrence& now);

}  // namespace rehearse::app
