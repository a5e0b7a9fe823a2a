#include "rehearse/base/time.hpp"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

TEST(Duration, IsReadWithItsUnit) {
    const std::pair<const char*, double> cases[] = {
        {"30s", 30'000}, {"5min", 300'000},   {"5m", 300'000},    {"1.5h", 5'400'000},
        {"250ms", 250},  {"2d", 172'800'000}, {" 30 s ", 30'000}, {"0s", 0},
    };
    for (const auto& [text, ms] : cases) {
        const auto span = parse_duration(text);
        ASSERT_TRUE(span) << text;
        EXPECT_DOUBLE_EQ(span->count(), ms) << text;
    }
}

TEST(Duration, WithoutUnitOrWithNonsenseIsRefused) {
    for (const char* text :
         {"", "30", "s", "-1s", "5 minutes ago", "nan s", "inf s", "1e999s", "30ss"}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

TEST(Duration, IsPrintedForPeople) {
    const std::pair<double, const char*> cases[] = {
        {0, "0.00 ms"},          {0.8, "0.80 ms"},         {12.34, "12.3 ms"},
        {840, "840 ms"},         {999.6, "1.00 s"},        {1'840, "1.84 s"},
        {41'200, "41.2 s"},      {59'960, "1 min"},        {60'000, "1 min"},
        {843'000, "14 min 3 s"}, {7'500'000, "2 h 5 min"}, {90'000'000, "1 d 1 h"},
    };
    for (const auto& [ms, text] : cases) EXPECT_EQ(format_duration(Millis{ms}), text) << ms;
}

TEST(Duration, ThatSomebodyChoseIsPrintedWithoutEmptyDigits) {
    const std::pair<double, const char*> cases[] = {
        {30'000, "30 s"}, {1'500, "1.5 s"},   {100, "100 ms"},        {10, "10 ms"},
        {0.5, "0.5 ms"},  {300'000, "5 min"}, {90'000, "1 min 30 s"}, {0, "0 ms"},
    };
    for (const auto& [ms, text] : cases) EXPECT_EQ(format_limit(Millis{ms}), text) << ms;
}

TEST(Iso8601, GoesThereAndBack) {
    const auto time = from_iso8601("2026-11-22T19:44:56Z");
    ASSERT_TRUE(time);
    EXPECT_EQ(to_iso8601(*time), "2026-11-22T19:44:56Z");
    EXPECT_FALSE(from_iso8601("2026-11-22"));
    EXPECT_FALSE(from_iso8601("2026-11-22T19:44:56Zx"));
}

TEST(IsoWeek, BeginsOnMondayAndIsOfTheYearOfItsThursday) {
    const std::pair<const char*, const char*> cases[] = {
        {"2026-11-22T23:59:59Z", "2026-W47"}, {"2026-11-23T00:00:00Z", "2026-W48"},
        {"2025-12-29T00:00:00Z", "2026-W01"}, {"2027-01-03T23:59:59Z", "2026-W53"},
        {"2027-01-04T00:00:00Z", "2027-W01"},
    };
    for (const auto& [time, week] : cases) EXPECT_EQ(iso_week_of(*from_iso8601(time)), week);
}

}  // namespace
}  // namespace rehearse
