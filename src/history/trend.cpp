#include "rehearse/history/trend.hpp"

#include "rehearse/verdict/verdict.hpp"

#include <algorithm>

namespace rehearse::history {

namespace {

using Weeks = std::chrono::duration<double, std::ratio<604'800>>;

double weeks_between(WallClock::time_point from, WallClock::time_point to) {
    return Weeks(to - from).count();
}

WallClock::time_point weeks_after(WallClock::time_point start, double weeks) {
    return start + std::chrono::duration_cast<WallClock::duration>(Weeks(weeks));
}

struct Timed {
    WallClock::time_point taken_at;
    const MigrationFigures* migration = nullptr;
};

// A migration that failed or did not run has no time of its own.
std::vector<Timed> timed(const std::vector<Occurrence>& occurrences) {
    std::vector<Timed> found;
    for (const auto& [run, migration] : occurrences) {
        const auto label = verdict::label_from(migration.label);
        const auto taken_at = from_iso8601(run.snapshot_taken_at);
        if (!taken_at || !label || *label == verdict::Label::failed ||
            *label == verdict::Label::not_run)
            continue;
        found.push_back({*taken_at, &migration});
    }
    return found;
}

void relate_to_size(Trend& trend, const std::vector<Timed>& runs) {
    std::vector<Sample> size_by_week;
    std::vector<Sample> elapsed_by_size;
    for (const auto& [taken_at, migration] : runs) {
        if (migration->largest_table.empty() ||
            migration->largest_table != runs.front().migration->largest_table)
            return;
        const auto bytes = static_cast<double>(migration->largest_table_bytes);
        size_by_week.push_back({weeks_between(trend.first, taken_at), bytes});
        elapsed_by_size.push_back({bytes, migration->elapsed_ms});
    }
    trend.table = runs.front().migration->largest_table;
    trend.table_bytes = robust_line(size_by_week);
    trend.elapsed_by_size = robust_line(elapsed_by_size);
}

// Weeks since the first snapshot; only a line that rises gets there.
double reaches(const Straight& line, double limit) {
    return (limit - line.intercept) / line.slope;
}

}  // namespace

double Trend::weeks() const {
    return weeks_between(first, last);
}

std::optional<Trend> trend_of(const std::vector<Occurrence>& occurrences) {
    const auto runs = timed(occurrences);
    if (runs.empty()) return std::nullopt;
    const auto [first, last] =
        std::minmax_element(runs.begin(), runs.end(),
                            [](const auto& a, const auto& b) { return a.taken_at < b.taken_at; });
    Trend trend;
    trend.first = first->taken_at;
    trend.last = last->taken_at;
    std::vector<Sample> samples;
    for (const auto& [taken_at, migration] : runs) {
        samples.push_back({weeks_between(trend.first, taken_at), migration->elapsed_ms});
    }
    const auto line = robust_line(samples);
    if (!line) return std::nullopt;
    trend.elapsed = *line;
    relate_to_size(trend, runs);
    return trend;
}

WallClock::time_point horizon_of(const Trend& trend) {
    return weeks_after(trend.last, 3 * trend.weeks());
}

std::optional<Crossing> crossing_of(const Trend& trend, double limit_ms) {
    const auto& [estimate, lowest, highest, samples] = trend.elapsed;
    const double observed = trend.weeks();
    const double horizon = 4 * observed;
    if (!trend.elapsed.rises() || estimate.at(observed) > limit_ms) return std::nullopt;
    const double at = reaches(estimate, limit_ms);
    if (at > horizon) return std::nullopt;
    // Each line has its own intercept: near the samples the steepest need not be the first.
    const auto [one, other] = std::minmax({reaches(highest, limit_ms), reaches(lowest, limit_ms)});
    const double latest = std::max(at, other);
    Crossing crossing;
    crossing.at = weeks_after(trend.first, at);
    crossing.earliest = weeks_after(trend.first, std::clamp(one, observed, at));
    if (latest <= horizon) crossing.latest = weeks_after(trend.first, latest);
    return crossing;
}

}  // namespace rehearse::history
