#include "app/weekly_labels.hpp"

#include <gmock/gmock.h>

namespace rehearse::app {
namespace {

using history::Occurrence;
using testing::ElementsAreArray;

constexpr double kFails = -1;
constexpr double kGivenUp = -2;

// With the limits 30 s and 300 s.
Occurrence run_of(double seconds) {
    Occurrence run;
    run.run.noisy_ms = 30'000;
    run.run.rethink_ms = 300'000;
    run.migration.elapsed_ms = seconds * 1'000;
    run.migration.ran_to_end = seconds >= 0;
    run.migration.label = seconds == kFails                      ? "failed"
                          : seconds == kGivenUp || seconds > 300 ? "rethink"
                          : seconds > 30                         ? "noisy"
                                                                 : "ok";
    return run;
}

struct Row {
    const char* what;
    std::vector<double> seconds;  // week by week, oldest first
    std::vector<bool> is_told;    // of each but the first
};

TEST(WeeklyLabels, AreToldWhereTheyAreClearOrStay) {
    const std::vector<Row> rows{
        {"nothing changes", {29, 28, 29.5}, {false, false}},
        {"to and fro around a limit",
         {29, 31, 29, 31, 29, 31},
         {false, false, false, false, false}},
        {"the same around the other", {299, 301, 299, 301}, {false, false, false}},
        {"more than 10 % over", {29, 33.1, 33.1}, {true, false}},
        {"10 % over", {29, 33, 29}, {false, false}},
        {"a second week", {29, 31, 31, 31}, {false, true, false}},
        {"told, and then near the limit", {29, 34, 29, 31}, {true, false, false}},
        {"back for two weeks", {29, 34, 29, 29}, {true, false, true}},
        {"back by more than 10 %", {40, 26.9}, {true}},
        {"creeps up", {29, 31, 29, 31, 32, 33}, {false, false, false, true, false}},
        {"ok to rethink and back", {29, 301, 29}, {true, true}},
        {"near the second limit", {100, 301, 310, 299, 269}, {false, true, false, true}},
        {"ok, just noisy, just rethink", {29, 31, 301, 301}, {false, true, false}},
        {"fails", {29, kFails, kFails, 31}, {true, false, true}},
        {"is given up on", {299, kGivenUp, 299}, {true, true}},
    };
    for (const auto& row : rows) {
        std::vector<Occurrence> told{run_of(row.seconds.front())};
        std::vector<bool> is_told;
        for (std::size_t i = 1; i < row.seconds.size(); ++i) {
            const auto now = run_of(row.seconds[i]);
            is_told.push_back(is_worth_telling(*known_run(told), told, now));
            told.insert(told.begin(), now);
        }
        EXPECT_THAT(is_told, ElementsAreArray(row.is_told)) << row.what;
    }
}

TEST(WeeklyLabels, NothingIsKnownOfANewMigration) {
    EXPECT_EQ(known_run({}), nullptr);
}

}  // namespace
}  // namespace rehearse::app
