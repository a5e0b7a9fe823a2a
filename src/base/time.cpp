#include "rehearse/base/time.hpp"

#include "rehearse/base/text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace rehearse {

namespace {

struct Unit {
    std::string_view name;
    double millis;
};

constexpr std::array kUnits{
    Unit{"ms", 1},       Unit{"s", 1'000},     Unit{"sec", 1'000},      Unit{"m", 60'000},
    Unit{"min", 60'000}, Unit{"h", 3'600'000}, Unit{"hour", 3'600'000}, Unit{"d", 86'400'000},
};

std::string printed(const char* format, double value) {
    std::array<char, 64> buffer{};
    const int length = std::snprintf(buffer.data(), buffer.size(), format, value);
    return {buffer.data(), static_cast<std::size_t>(length)};
}

std::string printed_utc(const char* format, WallClock::time_point time) {
    const std::time_t seconds = WallClock::to_time_t(time);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::array<char, 32> buffer{};
    const auto length = std::strftime(buffer.data(), buffer.size(), format, &utc);
    return {buffer.data(), length};
}

std::string two_units(long long whole, long long part, const char* whole_unit,
                      const char* part_unit) {
    std::string text = std::to_string(whole) + " " + whole_unit;
    if (part != 0) text += " " + std::to_string(part) + " " + part_unit;
    return text;
}

}  // namespace

std::optional<Millis> parse_duration(std::string_view text) {
    text = trimmed(text);
    double value = 0;
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || value < 0 || !std::isfinite(value)) return std::nullopt;
    const auto unit = trimmed(text.substr(static_cast<std::size_t>(rest - text.data())));
    for (const auto& known : kUnits) {
        if (known.name == unit) return Millis{value * known.millis};
    }
    return std::nullopt;
}

std::string format_duration(Millis span) {
    const double ms = span.count();
    // The limits are where the shorter form would round up to the next unit.
    if (ms < 0.995) return printed("%.2f ms", ms);
    if (ms < 99.95) return printed("%.1f ms", ms);
    if (ms < 999.5) return printed("%.0f ms", ms);
    const double seconds = ms / 1'000;
    if (seconds < 9.995) return printed("%.2f s", seconds);
    if (seconds < 59.95) return printed("%.1f s", seconds);
    const auto whole_seconds = std::llround(seconds);
    if (whole_seconds < 3'600) return two_units(whole_seconds / 60, whole_seconds % 60, "min", "s");
    const auto minutes = std::llround(seconds / 60);
    if (minutes < 24 * 60) return two_units(minutes / 60, minutes % 60, "h", "min");
    const auto hours = std::llround(seconds / 3'600);
    return two_units(hours / 24, hours % 24, "d", "h");
}

std::string format_limit(Millis span) {
    auto text = format_duration(span);
    const auto point = text.find('.');
    if (point == std::string::npos) return text;
    const auto unit = text.find(' ', point);
    const auto last = text.find_last_not_of('0', unit - 1);
    const auto kept = last == point ? point : last + 1;
    return text.erase(kept, unit - kept);
}

std::string to_iso8601(WallClock::time_point time) {
    return printed_utc("%Y-%m-%dT%H:%M:%SZ", time);
}

std::string iso_week_of(WallClock::time_point time) {
    return printed_utc("%G-W%V", time);
}

std::optional<WallClock::time_point> from_iso8601(std::string_view text) {
    std::tm utc{};
    const std::string copy{text};
    const char* rest = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    if (rest == nullptr || *rest != '\0') return std::nullopt;
    return WallClock::from_time_t(timegm(&utc));
}

}  // namespace rehearse
