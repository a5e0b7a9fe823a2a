#include "history/weeks.hpp"

#include "samples.hpp"

#include <gtest/gtest.h>

namespace rehearse::history {
namespace {

// A run of its week: on which day, and what became of it.
struct RunRow {
    const char* started_at;
    const char* what = "ok";
    int ms = 1;
};

struct WeekRow {
    const char* name;
    double shown_ms;
    std::size_t runs, failed;
};

std::vector<Occurrence> occurrences_of(const std::vector<RunRow>& rows) {
    std::vector<Occurrence> occurrences;
    for (const auto& row : rows) {
        const std::string what{row.what};
        auto occurrence = samples::backfill({1}).front();
        occurrence.run.started_at = row.started_at;
        occurrence.migration.elapsed_ms = row.ms;
        if (what == "other SQL") {
            occurrence.migration.sql_id = what;
        } else {
            occurrence.migration.label = what;
            occurrence.migration.ran_to_end = what == "ok";
        }
        occurrences.push_back(std::move(occurrence));
    }
    return occurrences;
}

struct Case {
    const char* name;
    std::vector<RunRow> runs;  // newest first
    std::vector<WeekRow> weeks;
};

TEST(WeeksOf, ShowTheNewestRunThatCanBeCompared) {
    const std::vector<Case> cases{
        {"one", {{"2026-11-25T03:00:00Z"}}, {{"2026-W48", 1, 1, 0}}},
        {"Monday and the Sunday before",
         {{"2026-11-23T00:00:00Z", "ok", 2}, {"2026-11-22T23:59:59Z", "ok", 3}},
         {{"2026-W48", 2, 1, 0}, {"2026-W47", 3, 1, 0}}},
        {"the newest of a week",
         {{"2026-11-25T03:00:00Z", "ok", 5}, {"2026-11-24T03:00:00Z", "ok", 9}},
         {{"2026-W48", 5, 2, 0}}},
        {"not one that failed, or was not run",
         {{"2026-11-26T03:00:00Z", "not_run", 0},
          {"2026-11-25T03:00:00Z", "failed", 4},
          {"2026-11-24T03:00:00Z", "ok", 9},
          {"2026-11-23T03:00:00Z", "ok", 10}},
         {{"2026-W48", 9, 4, 1}}},
        {"not one of other SQL than the newest",
         {{"2026-11-25T03:00:00Z", "ok", 1},
          {"2026-11-18T03:00:00Z", "other SQL", 7},
          {"2026-11-17T03:00:00Z", "ok", 8}},
         {{"2026-W48", 1, 1, 0}, {"2026-W47", 8, 2, 0}}},
        {"the newest where none can be compared",
         {{"2026-11-25T03:00:00Z", "failed", 6}, {"2026-11-24T03:00:00Z", "failed", 7}},
         {{"2026-W48", 6, 2, 2}}},
        {"no time", {{"yesterday"}}, {{"?", 1, 1, 0}}},
    };
    for (const auto& [name, runs, expected] : cases) {
        const auto occurrences = occurrences_of(runs);
        const auto weeks = weeks_of(occurrences);
        ASSERT_EQ(weeks.size(), expected.size()) << name;
        for (std::size_t i = 0; i < weeks.size(); ++i) {
            EXPECT_EQ(weeks[i].name, expected[i].name) << name;
            EXPECT_EQ(weeks[i].shown->migration.elapsed_ms, expected[i].shown_ms) << name;
            EXPECT_EQ(weeks[i].runs, expected[i].runs) << name;
            EXPECT_EQ(weeks[i].failed, expected[i].failed) << name;
        }
    }
}

}  // namespace
}  // namespace rehearse::history
