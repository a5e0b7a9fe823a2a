#pragma once

#include "rehearse/base/time.hpp"
#include "rehearse/history/run.hpp"

#include <optional>
#include <string>
#include <vector>

// Pure functions: how a migration's time goes with the weeks and with the size of its table.
namespace rehearse::history {

struct Sample {
    double x = 0, y = 0;
};

struct Straight {
    double slope = 0, intercept = 0;
    double at(double x) const { return intercept + slope * x; }
    bool operator==(const Straight&) const = default;
};

// Theil and Sen: the median of the slopes of all pairs, which a stray sample does not turn. The
// steepest and the flattest line that the pairs allow bound it; with Sen's confidence of 90 % from
// five samples on, fewer have no better bound than all their pairs.
struct Line {
    Straight estimate, lowest, highest;  // lowest and highest by slope
    std::size_t samples = 0;             // of different x
    bool is_clear() const { return lowest.slope > 0 || highest.slope < 0; }
    bool rises() const { return lowest.slope > 0; }
};

// Samples of the same x count as one, their median. nullopt for fewer than three different x.
std::optional<Line> robust_line(const std::vector<Sample>& samples);

struct Trend {
    WallClock::time_point first, last;  // snapshots, by when they were taken
    Line elapsed;                       // ms over weeks since `first`
    std::size_t left_out = 0;           // runs that tell nothing about the newest, see trend_of
    double weeks() const;               // from first to last
    // The largest table of the newest run, and the lines of the runs in which it was that, too.
    std::string table;
    double table_since = 0;               // the first of these runs, in weeks
    std::optional<Line> table_bytes;      // bytes over weeks
    std::optional<Line> elapsed_by_size;  // ms over bytes
};

// Whether their times can be compared: the same SQL, on the same engine and major version of
// PostgreSQL.
bool are_alike(const Occurrence& one, const Occurrence& other);

// From the runs that were timed to their end. What ran before with other SQL, in another engine or
// on another major version of PostgreSQL than the newest of them is left out. nullopt where the
// runs are of fewer than three snapshots. `occurrences`: the newest first.
std::optional<Trend> trend_of(const std::vector<Occurrence>& occurrences);

// When the line reaches a limit.
struct Crossing {
    WallClock::time_point at, earliest;
    std::optional<WallClock::time_point> latest;  // nullopt: beyond the horizon
};

// As far ahead as the trend may be believed: three times what was observed, after the last
// snapshot.
WallClock::time_point horizon_of(const Trend& trend);

// nullopt where the trend does not clearly rise, is above the limit already, or does not reach it
// before the horizon.
std::optional<Crossing> crossing_of(const Trend& trend, double limit_ms);

// When its steepest line reaches a limit that it clearly rises to; nullopt as above.
std::optional<WallClock::time_point> earliest_crossing_of(const Trend& trend, double limit_ms);

}  // namespace rehearse::history
