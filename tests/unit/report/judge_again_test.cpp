#include "rehearse/report/report.hpp"

#include <gtest/gtest.h>

namespace rehearse::report {
namespace {

MigrationPart took(double elapsed_ms, const char* label) {
    MigrationPart migration;
    migration.elapsed_ms = elapsed_ms;
    migration.label = label;
    return migration;
}

TEST(JudgeAgain, LabelsTimesByTheNewThresholds) {
    Report report;
    report.label = "ok";
    report.migrations = {took(900, "ok"), took(5'000, "ok"), took(20'000, "ok")};
    judge_again(report, {std::chrono::seconds(1), std::chrono::seconds(10)});
    EXPECT_EQ(report.migrations[0].label, "ok");
    EXPECT_EQ(report.migrations[1].label, "noisy");
    EXPECT_EQ(report.migrations[1].because, "5.00 s, over 1 s");
    EXPECT_EQ(report.migrations[2].label, "rethink");
    EXPECT_EQ(report.label, "rethink");
    EXPECT_EQ(report.rethink_ms, 10'000);
}

TEST(JudgeAgain, LeavesWhatDidNotRunToItsEnd) {
    Report report;
    auto failed = took(100, "failed");
    failed.error.emplace();
    auto given_up = took(900'000, "rethink");
    given_up.statements.emplace_back().gave_up = true;
    report.migrations = {failed, given_up, took(0, "not_run")};
    judge_again(report, {std::chrono::hours(1), std::chrono::hours(2)});
    EXPECT_EQ(report.migrations[0].label, "failed");
    EXPECT_EQ(report.migrations[1].label, "rethink");
    EXPECT_EQ(report.migrations[2].label, "not_run");
    EXPECT_EQ(report.label, "failed");
}

}  // namespace
}  // namespace rehearse::report
