#include "history/trend_phrases.hpp"

#include "samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::history {
namespace {

using samples::backfill;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr auto kDay = std::chrono::hours(24);

// On the day after the newest of them.
std::string trend_words(const std::vector<double>& seconds, int days_later = 1) {
    const auto newest = *from_iso8601(samples::week(static_cast<int>(seconds.size()) - 1));
    return trend_phrases(backfill(seconds), newest + days_later * kDay).front().words;
}

struct WordsRow {
    std::vector<double> seconds;  // one a week, oldest first
    const char* words;
};

TEST(TrendPhrases, SayWhatIsKnown) {
    const std::vector<WordsRow> rows{
        {{12},
         "not before three snapshots on which this SQL ran to its end, on one engine and version"},
        {{12, 14},
         "not before three snapshots on which this SQL ran to its end, on one engine and version"},
        {{12, 16, 14},
         "no clear trend: +1.00 s a week (-2.00 s to +4.00 s), from 3 snapshots in 2 weeks"},
        {{16, 14, 12}, "-2.00 s a week (-2.00 s to -2.00 s), from 3 snapshots in 2 weeks"},
        {{60, 90, 120},
         "+30.0 s a week (+30.0 s to +30.0 s), from 3 snapshots in 2 weeks; over 30 s already; "
         "crosses 5 min in about 6 weeks"},
        {{10, 11, 12},
         "+1.00 s a week (+1.00 s to +1.00 s), from 3 snapshots in 2 weeks; does not cross 30 s "
         "within 6 weeks"},
        {{10, 14, 20},
         "+5.00 s a week (+4.00 s to +6.00 s), from 3 snapshots in 2 weeks; crosses 30 s in about "
         "13 days (11 to 20); does not cross 5 min within 6 weeks"},
        {{310, 320, 330},
         "+10.0 s a week (+10.0 s to +10.0 s), from 3 snapshots in 2 weeks; over 30 s already; "
         "over 5 min already"},
    };
    for (const auto& row : rows) EXPECT_EQ(trend_words(row.seconds), row.words);
}

// 5 s a week, and 8 at most: the middle line gets to 55 s behind the horizon, the steepest before.
TEST(TrendPhrases, SayWhatOnlyTheSteepestLineReaches) {
    auto runs = backfill({10, 12, 20});
    for (auto& run : runs) run.run.noisy_ms = 52'000;
    EXPECT_THAT(trend_phrases(runs, *from_iso8601(samples::week(2)) + kDay).front().words,
                HasSubstr("may cross 52 s, not before "));
}

TEST(TrendPhrases, SayWhatWasLeftOut) {
    auto runs = backfill({1, 60, 90, 120});
    runs.back().run.server_version = "14.9";
    const auto now = *from_iso8601(samples::week(4));
    EXPECT_THAT(trend_phrases(runs, now).front().words,
                HasSubstr("3 snapshots in 2 weeks (without 1 run of other SQL or another server)"));
}

TEST(TrendPhrases, CountFromToday) {
    EXPECT_THAT(trend_words({60, 90, 120}, 14), HasSubstr("crosses 5 min in about 4 weeks"));
    EXPECT_THAT(trend_words({60, 90, 120}, 40), HasSubstr("crosses 5 min in about 2 days"));
    EXPECT_THAT(trend_words({60, 90, 120}, 400),
                HasSubstr("too old to tell when it crosses 5 min"));
    EXPECT_THAT(trend_words({110, 190, 270}, 14),
                HasSubstr("was to cross 5 min about 11 days ago"));
    EXPECT_THAT(trend_words({10, 11, 12}, 400), HasSubstr("too old to tell when it crosses 30 s"));
}

struct CrossingRow {
    int earliest, at;
    std::optional<int> latest;  // days ahead
    const char* words;
};

TEST(CrossingPhrase, IsInDaysOrWeeks) {
    const std::vector<CrossingRow> rows{
        {14, 21, 42, "in about 3 weeks (2 to 6)"},
        {14, 21, std::nullopt, "in about 3 weeks (2 or more)"},
        {7, 14, 21, "in about 2 weeks (1 to 3)"},
        {-3, 5, 12, "in about 5 days (0 to 12)"},
        {1, 1, 1, "in about 1 day"},
        {-9, -2, 5, "about now"},
    };
    const auto now = *from_iso8601("2026-11-22T19:44:56Z");
    for (const auto& row : rows) {
        Crossing crossing{now + row.at * kDay, now + row.earliest * kDay, std::nullopt};
        if (row.latest) crossing.latest = now + *row.latest * kDay;
        EXPECT_EQ(crossing_phrase(crossing, now), row.words);
    }
}

std::vector<Occurrence> on_table(const std::vector<double>& seconds,
                                 const std::vector<double>& gigabytes) {
    auto runs = backfill(seconds);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        runs[i].migration.largest_table = "users";
        runs[i].migration.largest_table_bytes =
            static_cast<std::int64_t>(gigabytes[gigabytes.size() - 1 - i] * 1024 * 1024 * 1024);
    }
    return runs;
}

TEST(TrendPhrases, TellOfATableThatGrows) {
    const auto now = *from_iso8601(samples::week(3));
    const auto phrases = trend_phrases(on_table({20, 25, 30}, {2, 2.5, 3}), now);
    ASSERT_EQ(phrases.size(), 2U);
    EXPECT_EQ(phrases[1].name, "size");
    EXPECT_EQ(phrases[1].words,
              "users grew from 2.0 GB to 3.0 GB, 512 MB a week; each GB takes 10.0 s (10.0 s to "
              "10.0 s)");
    EXPECT_THAT(trend_phrases(on_table({20, 25, 30}, {0.25, 0.375, 0.5}), now)[1].words,
                HasSubstr("each MB takes 39.1 ms"));
    // Not where the time does not go with it, and not of one that does not grow.
    EXPECT_THAT(trend_phrases(on_table({20, 25, 19}, {2, 2.5, 3}), now)[1].words,
                AllOf(HasSubstr("users grew"), Not(HasSubstr("each GB"))));
    EXPECT_EQ(trend_phrases(on_table({20, 25, 30}, {3, 3, 3}), now).size(), 1U);
    EXPECT_EQ(trend_phrases(on_table({20, 25, 30}, {3, 2, 1}), now).size(), 1U);
}

}  // namespace
}  // namespace rehearse::history
