#pragma once

#include "rehearse/report/report.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

// What a migration did when, on one axis: from its beginning, on its own clock.
namespace rehearse::report {

enum class KeepsOut { nobody, writers, everybody };
KeepsOut kept_out_by(const LockPart& lock);

// A stretch of the axis, in per cent of it.
struct Stretch {
    double x = 0;
    double width = 0;
};
// What is too short to be seen is drawn as wide as can be seen, and nothing reaches over the end.
Stretch stretch_of(double from_ms, double to_ms, double total_ms);

// Round times from 0 to the end of the axis, at most seven.
std::vector<double> ticks_of(double total_ms);

struct TimedStatement {
    const StatementPart* statement = nullptr;
    double began_ms = 0;
    double ended_ms = 0;                     // without its own COMMIT
    const SettingsPart* settings = nullptr;  // in force when it began
    // False of one that stands for like statements that ran in turn with others, and of all after
    // it: their times are summed, so that they are drawn beside the clock of the locks.
    bool is_placed = true;
};

struct Hold {
    const LockPart* lock = nullptr;
    const StatementPart* taken_by = nullptr;
    KeepsOut keeps_out = KeepsOut::nobody;
};

// One relation's locks, the weakest first: what is drawn later lies above.
struct Lane {
    std::string relation;
    KeepsOut keeps_out = KeepsOut::nobody;  // by the strongest of them
    double held_ms = 0;                     // the longest of those
    bool is_exact = true;                   // false: at least so long
    std::vector<Hold> holds;
    std::size_t holds_left_out = 0;
};

struct Timeline {
    double total_ms = 0;
    std::vector<TimedStatement> statements;
    std::size_t statements_left_out = 0;
    double left_out_ms = 0;   // those together
    std::vector<Lane> lanes;  // those that keep somebody out first, then the longest
    std::size_t lanes_left_out = 0;
    std::optional<Lane> longest_left_out;
};

// More than this is no picture any more.
struct TimelineLimits {
    std::size_t statements = 30;
    std::size_t lanes = 20;
    std::size_t holds_in_lane = 10;
};
// So that a page with so many of them opens at once.
TimelineLimits limits_for(std::size_t migrations);

// The longest of each kind, and the statement that failed.
Timeline timeline_of(const MigrationPart& migration, const TimelineLimits& limits);

}  // namespace rehearse::report
