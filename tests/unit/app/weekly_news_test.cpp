#include "app/weekly_news.hpp"

#include <gmock/gmock.h>

namespace rehearse::app {
namespace {

using history::MigrationFigures;
using history::Run;
using testing::ElementsAre;
using testing::IsEmpty;

MigrationFigures figures(const std::string& version, const std::string& label, double elapsed_ms) {
    MigrationFigures one;
    one.key = {version, "backfill", "migrations/" + version + ".sql"};
    one.label = label;
    one.elapsed_ms = elapsed_ms;
    one.because = "41.2 s, over 30 s";
    return one;
}

Run run_on(const std::string& day, std::vector<MigrationFigures> migrations) {
    Run run;
    run.facts.started_at = day + "T05:00:00Z";
    run.migrations = std::move(migrations);
    return run;
}

report::Report fresh_report() {
    report::Report report;
    report.snapshot.name = "shop.dump";
    report.snapshot.age_days = 1;
    return report;
}

TEST(WeeklyNews, NothingChangedIsNoNews) {
    const auto migrations = std::vector{figures("0042", "noisy", 41'200), figures("0043", "ok", 5)};
    EXPECT_THAT(weekly_news(fresh_report(), run_on("2026-11-16", migrations),
                            run_on("2026-11-23", migrations)),
                IsEmpty());
}

TEST(WeeklyNews, AnotherLabelIsNews) {
    const auto before = run_on("2026-11-16", {figures("0042", "ok", 12'100)});
    EXPECT_THAT(weekly_news(fresh_report(), before,
                            run_on("2026-11-23", {figures("0042", "noisy", 41'200)})),
                ElementsAre("0042 backfill: ok -> noisy since last week (12.1 s -> 41.2 s)"));
    EXPECT_THAT(weekly_news(fresh_report(), before,
                            run_on("2026-11-30", {figures("0042", "noisy", 41'200)})),
                ElementsAre("0042 backfill: ok -> noisy since 2026-11-16 (12.1 s -> 41.2 s)"));
    auto edited = figures("0042", "noisy", 41'200);
    edited.sql_id = "other";
    EXPECT_THAT(weekly_news(fresh_report(), before, run_on("2026-11-23", {edited})),
                ElementsAre("0042 backfill: ok -> noisy since last week (12.1 s -> 41.2 s; its SQL "
                            "changed)"));
}

TEST(WeeklyNews, WhatWasNotRunBecauseOfAnotherIsOnlyCounted) {
    const auto all_ok = run_on("2026-11-16", {figures("0042", "ok", 5), figures("0043", "ok", 5),
                                              figures("0044", "ok", 5)});
    const auto one_failed =
        run_on("2026-11-23", {figures("0042", "failed", 7), figures("0043", "not_run", 0),
                              figures("0044", "not_run", 0)});
    EXPECT_THAT(weekly_news(fresh_report(), all_ok, one_failed),
                ElementsAre("0042 backfill: ok -> failed since last week (5.0 ms -> 7.0 ms)",
                            "2 migrations that were run then were not"));
    EXPECT_THAT(
        weekly_news(fresh_report(), one_failed,
                    run_on("2026-11-30", {figures("0042", "ok", 5), figures("0043", "ok", 5),
                                          figures("0044", "noisy", 41'200)})),
        ElementsAre("0042 backfill: failed -> ok since last week (7.0 ms -> 5.0 ms)",
                    "0044 backfill: not_run -> noisy since last week"));
}

TEST(WeeklyNews, ANewMigrationIsNewsWhereItIsNotOk) {
    const auto before = run_on("2026-11-16", {});
    EXPECT_THAT(weekly_news(fresh_report(), before,
                            run_on("2026-11-23",
                                   {figures("0042", "ok", 5), figures("0043", "noisy", 41'200),
                                    figures("0044", "not_run", 0)})),
                ElementsAre("0043 backfill: new, noisy, 41.2 s, over 30 s"));
}

TEST(WeeklyNews, TheFirstRunTellsAllThatIsNotOk) {
    EXPECT_THAT(
        weekly_news(fresh_report(), std::nullopt,
                    run_on("2026-11-23", {figures("0042", "ok", 5), figures("0043", "noisy", 1)})),
        ElementsAre("0043 backfill: noisy, 41.2 s, over 30 s"));
}

TEST(WeeklyNews, AFailureIsToldWithoutTheServersWords) {
    auto report = fresh_report();
    auto& migration = report.migrations.emplace_back();
    migration.path = "migrations/0042.sql";
    migration.error = report::ErrorPart{};
    migration.error->sqlstate = "22P02";
    migration.error->line = 7;
    migration.error->message = "invalid input syntax for type integer: \"ada@example.org\"";
    auto failed = figures("0042", "failed", 3);
    failed.because = "22P02 at line 7: " + migration.error->message;
    EXPECT_THAT(weekly_news(report, run_on("2026-11-16", {}), run_on("2026-11-23", {failed})),
                ElementsAre("0042 backfill: new, failed, 22P02 at line 7"));
}

TEST(WeeklyNews, AStaleSnapshotIsNews) {
    auto report = fresh_report();
    report.snapshot.age_days = 12.4;
    EXPECT_THAT(weekly_news(report, run_on("2026-11-16", {}), run_on("2026-11-23", {})),
                ElementsAre("the newest snapshot is 12 days old (shop.dump): see what became of "
                            "its job"));
    report.snapshot.age_days = 8;
    EXPECT_THAT(weekly_news(report, run_on("2026-11-16", {}), run_on("2026-11-23", {})), IsEmpty());
}

}  // namespace
}  // namespace rehearse::app
