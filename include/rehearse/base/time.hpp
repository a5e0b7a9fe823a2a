#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rehearse {

// Spans are measured on the monotonic clock; wall-clock time only dates a report.
using Clock = std::chrono::steady_clock;
using WallClock = std::chrono::system_clock;
using Millis = std::chrono::duration<double, std::milli>;

// "30s", "5min", "1.5h", "250ms", "2d"; units ms, s, min (m), h, d. nullopt for anything else,
// negative included.
std::optional<Millis> parse_duration(std::string_view text);

// For people: "0.8 ms", "41.2 s", "14 min 3 s", "2 h 5 min". Three significant figures at most.
std::string format_duration(Millis span);
// A span that somebody chose, not measured: "30 s", "1.5 s", "5 min".
std::string format_limit(Millis span);

// UTC, seconds: "2026-11-22T19:44:56Z".
std::string to_iso8601(WallClock::time_point time);
std::optional<WallClock::time_point> from_iso8601(std::string_view text);
// The ISO 8601 week, UTC: "2026-W48". The year is the week's own, which has its Thursday.
std::string iso_week_of(WallClock::time_point time);

}  // namespace rehearse
