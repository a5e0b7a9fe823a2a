#include "history/trend_phrases.hpp"

#include "rehearse/base/size.hpp"

#include <algorithm>
#include <cmath>

namespace rehearse::history {

namespace {

struct Unit {
    const char* one;
    const char* many;
    double days;
};
constexpr Unit kDays{"day", "days", 1};
constexpr Unit kWeeks{"week", "weeks", 7};

double days_between(WallClock::time_point from, WallClock::time_point to) {
    return std::chrono::duration<double, std::ratio<86'400>>(to - from).count();
}

const Unit& unit_for(double days) {
    return days < 14 ? kDays : kWeeks;
}

long long count_of(double days, const Unit& unit) {
    return std::max(0LL, std::llround(days / unit.days));
}

std::string counted(long long count, const Unit& unit) {
    return std::to_string(count) + " " + (count == 1 ? unit.one : unit.many);
}

// "9 days", "12 weeks"
std::string span_text(double days) {
    const auto& unit = unit_for(days);
    return counted(count_of(days, unit), unit);
}

std::string with_sign(double ms) {
    return (ms < 0 ? "-" : "+") + format_duration(Millis{std::abs(ms)});
}

std::string bytes_text(double bytes) {
    return format_bytes(static_cast<std::uint64_t>(std::max(0.0, bytes)));
}

// "from 4 snapshots in 3 weeks"
std::string basis_of(const Trend& trend) {
    auto words = "from " + std::to_string(trend.elapsed.samples) + " snapshots in " +
                 span_text(days_between(trend.first, trend.last));
    if (trend.left_out > 0) {
        words += " (without " + std::to_string(trend.left_out) +
                 (trend.left_out == 1 ? " run" : " runs") + " of other SQL or another server)";
    }
    return words;
}

bool is_over(const Trend& trend, double limit_ms) {
    return trend.elapsed.estimate.at(trend.weeks()) > limit_ms;
}

std::string limit_phrase(const Trend& trend, double limit_ms, WallClock::time_point now) {
    const auto limit = format_limit(Millis{limit_ms});
    if (is_over(trend, limit_ms)) return "over " + limit + " already";
    const double ahead = days_between(now, horizon_of(trend));
    if (ahead < 1) return "too old to tell when it crosses " + limit;
    if (const auto crossing = crossing_of(trend, limit_ms)) {
        const double ago = days_between(crossing->at, now);
        if (ago >= 1) return "was to cross " + limit + " about " + span_text(ago) + " ago";
        return "crosses " + limit + " " + crossing_phrase(*crossing, now);
    }
    if (const auto earliest = earliest_crossing_of(trend, limit_ms)) {
        return "may cross " + limit + ", not before " +
               span_text(std::max(0.0, days_between(now, *earliest)));
    }
    return "does not cross " + limit + " within " + span_text(ahead);
}

TrendPhrase elapsed_phrase(const Trend& trend, const RunFacts& newest, WallClock::time_point now) {
    const auto& line = trend.elapsed;
    const auto slopes = with_sign(line.estimate.slope) + " a week (" +
                        with_sign(line.lowest.slope) + " to " + with_sign(line.highest.slope) +
                        "), " + basis_of(trend);
    if (!line.is_clear()) return {"trend", "no clear trend: " + slopes};
    if (!line.rises()) return {"trend", slopes};
    auto words = slopes + "; " + limit_phrase(trend, newest.noisy_ms, now);
    // What does not get to the smaller limit does not get to the greater one.
    if (is_over(trend, newest.noisy_ms) || earliest_crossing_of(trend, newest.noisy_ms)) {
        words += "; " + limit_phrase(trend, newest.rethink_ms, now);
    }
    return {"trend", words};
}

// Only of a table that grows.
std::string size_words(const Trend& trend) {
    const auto& bytes = *trend.table_bytes;
    auto words = trend.table + " grew from " + bytes_text(bytes.estimate.at(trend.table_since)) +
                 " to " + bytes_text(bytes.estimate.at(trend.weeks())) + ", " +
                 bytes_text(bytes.estimate.slope) + " a week";
    if (!trend.elapsed_by_size || !trend.elapsed_by_size->rises()) return words;
    // In the unit that the size is told in.
    constexpr double kMegabyte = 1024.0 * 1024;
    const bool in_gigabytes = bytes.estimate.at(trend.weeks()) >= 1024 * kMegabyte;
    const auto each = [&](const Straight& line) {
        return format_duration(Millis{line.slope * (in_gigabytes ? 1024 : 1) * kMegabyte});
    };
    const auto& line = *trend.elapsed_by_size;
    return words + "; each " + (in_gigabytes ? "GB" : "MB") + " takes " + each(line.estimate) +
           " (" + each(line.lowest) + " to " + each(line.highest) + ")";
}

}  // namespace

std::string crossing_phrase(const Crossing& crossing, WallClock::time_point now) {
    const double days = days_between(now, crossing.at);
    const auto& unit = unit_for(days);
    const auto ahead = [&](WallClock::time_point time) {
        return count_of(days_between(now, time), unit);
    };
    const auto middle = ahead(crossing.at);
    const auto earliest = ahead(crossing.earliest);
    if (middle == 0) return "about now";
    const auto words = "in about " + counted(middle, unit);
    if (!crossing.latest) return words + " (" + std::to_string(earliest) + " or more)";
    const auto latest = ahead(*crossing.latest);
    if (earliest == latest) return words;
    return words + " (" + std::to_string(earliest) + " to " + std::to_string(latest) + ")";
}

std::vector<TrendPhrase> trend_phrases(const std::vector<Occurrence>& occurrences,
                                       WallClock::time_point now) {
    const auto trend = trend_of(occurrences);
    if (!trend)
        return {{"trend",
                 "not before three snapshots on which this SQL ran to its end, on one "
                 "engine and version"}};
    std::vector<TrendPhrase> phrases{elapsed_phrase(*trend, occurrences.front().run, now)};
    if (trend->table_bytes && trend->table_bytes->rises()) {
        phrases.push_back({"size", size_words(*trend)});
    }
    return phrases;
}

}  // namespace rehearse::history
