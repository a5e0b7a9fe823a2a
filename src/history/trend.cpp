#include "rehearse/history/trend.hpp"

#include "rehearse/pg/types.hpp"

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
    const Occurrence* occurrence = nullptr;
    const MigrationFigures& migration() const { return occurrence->migration; }
};

std::vector<Timed> timed(const std::vector<Occurrence>& occurrences) {
    std::vector<Timed> found;
    for (const auto& occurrence : occurrences) {
        const auto taken_at = from_iso8601(occurrence.run.snapshot_taken_at);
        if (taken_at && occurrence.migration.ran_to_end) found.push_back({*taken_at, &occurrence});
    }
    return found;
}

void relate_to_size(Trend& trend, const std::vector<Timed>& runs) {
    std::vector<Sample> size_by_week;
    std::vector<Sample> elapsed_by_size;
    const std::string table = runs.front().migration().largest_table;
    if (table.empty()) return;
    for (const auto& run : runs) {
        const auto& migration = run.migration();
        if (migration.largest_table != table) continue;
        const auto bytes = static_cast<double>(migration.largest_table_bytes);
        size_by_week.push_back({weeks_between(trend.first, run.taken_at), bytes});
        elapsed_by_size.push_back({bytes, migration.elapsed_ms});
    }
    trend.table = table;
    trend.table_since = std::min_element(size_by_week.begin(), size_by_week.end(),
                                         [](const auto& a, const auto& b) { return a.x < b.x; })
                            ->x;
    trend.table_bytes = robust_line(size_by_week);
    trend.elapsed_by_size = robust_line(elapsed_by_size);
}

// Weeks since the first snapshot; only a line that rises gets there.
double reaches(const Straight& line, double limit) {
    return (limit - line.intercept) / line.slope;
}

}  // namespace

bool are_alike(const Occurrence& one, const Occurrence& other) {
    const auto major = [](const Occurrence& occurrence) {
        const auto version = pg::ServerVersion::parse(occurrence.run.server_version);
        return version ? version->major() : 0;
    };
    return one.migration.sql_id == other.migration.sql_id && one.run.engine == other.run.engine &&
           major(one) == major(other);
}

double Trend::weeks() const {
    return weeks_between(first, last);
}

std::optional<Trend> trend_of(const std::vector<Occurrence>& occurrences) {
    auto runs = timed(occurrences);
    if (runs.empty()) return std::nullopt;
    const auto& newest = *runs.front().occurrence;
    const auto left_out =
        std::erase_if(runs, [&](const auto& run) { return !are_alike(*run.occurrence, newest); });
    const auto [first, last] =
        std::minmax_element(runs.begin(), runs.end(),
                            [](const auto& a, const auto& b) { return a.taken_at < b.taken_at; });
    Trend trend;
    trend.first = first->taken_at;
    trend.last = last->taken_at;
    trend.left_out = left_out;
    std::vector<Sample> samples;
    for (const auto& run : runs) {
        samples.push_back({weeks_between(trend.first, run.taken_at), run.migration().elapsed_ms});
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
    const double at = std::max(observed, reaches(estimate, limit_ms));
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

std::optional<WallClock::time_point> earliest_crossing_of(const Trend& trend, double limit_ms) {
    const auto& line = trend.elapsed;
    const double observed = trend.weeks();
    if (!line.rises() || line.estimate.at(observed) > limit_ms) return std::nullopt;
    const double at = std::max(observed, reaches(line.highest, limit_ms));
    if (at > 4 * observed) return std::nullopt;
    return weeks_after(trend.first, at);
}

}  // namespace rehearse::history
