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
    one.key = {version, "backfill", "/app/migrations/" + version + ".sql"};
    one.label = label;
    one.elapsed_ms = elapsed_ms;
    one.because = "41.2 s, over 30 s";
    one.ran_to_end = label != "failed" && label != "not_run";
    return one;
}

Run run_on(const std::string& day, std::vector<MigrationFigures> migrations) {
    Run run;
    run.facts.started_at = day + "T05:00:00Z";
    run.facts.engine = "docker";
    run.facts.noisy_ms = 30'000;
    run.facts.rethink_ms = 300'000;
    run.facts.server_version = "15.18";
    run.migrations = std::move(migrations);
    return run;
}

report::Report fresh_report() {
    report::Report report;
    report.snapshot.name = "shop.dump";
    report.snapshot.age_days = 1;
    return report;
}

// What the team hears of the last of these runs, after it was told of the others.
std::vector<std::string> news_of(const std::vector<Run>& runs) {
    ToldOfAll told;
    for (auto run = std::next(runs.rbegin()); run != runs.rend(); ++run) {
        for (const auto& migration : run->migrations) {
            auto& before = told.of[migration.key];
            const bool was_run = migration.label != "not_run";
            if (!before.any) before.was_run = was_run;
            before.any = true;
            if (was_run) before.runs.push_back({run->facts, migration});
        }
    }
    return weekly_news(fresh_report(), runs.back(), told);
}

TEST(WeeklyNews, NothingChangedIsNoNews) {
    const auto migrations = std::vector{figures("0042", "noisy", 41'200), figures("0043", "ok", 5)};
    EXPECT_THAT(news_of({run_on("2026-11-16", migrations), run_on("2026-11-23", migrations)}),
                IsEmpty());
}

TEST(WeeklyNews, AnotherLabelIsNews) {
    const auto before = run_on("2026-11-16", {figures("0042", "ok", 12'100)});
    const auto now = figures("0042", "noisy", 41'200);
    EXPECT_THAT(news_of({before, run_on("2026-11-23", {now})}),
                ElementsAre("0042 backfill: ok -> noisy since last week (12.1 s -> 41.2 s)"));
    EXPECT_THAT(news_of({before, run_on("2026-11-30", {now})}),
                ElementsAre("0042 backfill: ok -> noisy since 2026-11-16 (12.1 s -> 41.2 s)"));
}

// What a label was in the run that the team knows it from.
TEST(WeeklyNews, ATimeNearALimitIsToldInTheSecondRunAndComparedWithTheLastKnown) {
    const std::vector runs{run_on("2026-11-09", {figures("0042", "ok", 28'000)}),
                           run_on("2026-11-16", {figures("0042", "noisy", 31'000)}),
                           run_on("2026-11-23", {figures("0042", "noisy", 32'000)}),
                           run_on("2026-11-30", {figures("0042", "noisy", 31'000)})};
    const auto after = [&](std::ptrdiff_t count) {
        return news_of({runs.begin(), runs.begin() + count});
    };
    EXPECT_THAT(after(2), IsEmpty());
    EXPECT_THAT(after(3),
                ElementsAre("0042 backfill: ok -> noisy since 2026-11-09 (28.0 s -> 32.0 s)"));
    EXPECT_THAT(after(4), IsEmpty());
}

TEST(WeeklyNews, AHistoryThatCannotBeReadIsNews) {
    ToldOfAll told;
    told.unknown_because = "the history /srv/history.sqlite is damaged: file is not a database";
    EXPECT_THAT(
        weekly_news(fresh_report(), run_on("2026-11-23", {figures("0042", "noisy", 41'200)}), told),
        ElementsAre("what was told before is not known: " + told.unknown_because,
                    "0042 backfill: noisy, 41.2 s, over 30 s"));
}

TEST(WeeklyNews, WhatElseIsAnotherIsTold) {
    const auto before = run_on("2026-11-16", {figures("0042", "ok", 12'100)});
    const std::string change = "0042 backfill: ok -> noisy since last week (12.1 s -> 41.2 s; ";
    const auto now = run_on("2026-11-23", {figures("0042", "noisy", 41'200)});
    auto edited = now;
    edited.migrations[0].sql_id = "other";
    EXPECT_THAT(news_of({before, edited}), ElementsAre(change + "its SQL changed)"));
    auto stricter = now;
    stricter.facts.noisy_ms = 10'000;
    EXPECT_THAT(news_of({before, stricter}), ElementsAre(change + "other limits)"));
    auto moved = now;
    moved.facts.engine = "local";
    moved.facts.server_version = "17.2";
    EXPECT_THAT(news_of({before, moved}),
                ElementsAre(change + "local instead of docker; PostgreSQL 17.2 instead of 15.18)"));
}

TEST(WeeklyNews, WhatDidNotRunToItsEndIsToldWithItsReason) {
    auto given_up = figures("0042", "rethink", 900'000);
    given_up.ran_to_end = false;
    given_up.because = "the statement at line 3 still ran after 15 min and was given up on";
    given_up.sql_id = "of the statements until then";
    const auto before = run_on("2026-11-16", {figures("0042", "noisy", 41'200)});
    const auto now = run_on("2026-11-23", {given_up});
    EXPECT_THAT(
        news_of({before, now}),
        ElementsAre("0042 backfill: noisy -> rethink since last week (" + given_up.because + ")"));
    EXPECT_THAT(news_of({run_on("2026-11-16", {}), now}),
                ElementsAre("0042 backfill: rethink, " + given_up.because));
    EXPECT_THAT(news_of({now, run_on("2026-11-30", {figures("0042", "noisy", 41'200)})}),
                ElementsAre("0042 backfill: rethink -> noisy since last week"));
}

TEST(WeeklyNews, WhatWasNotRunBecauseOfAnotherIsOnlyCounted) {
    const auto all_ran = run_on("2026-11-16", {figures("0042", "ok", 5), figures("0043", "ok", 5),
                                               figures("0044", "noisy", 41'200)});
    auto failure = figures("0042", "failed", 7);
    failure.because = "22P02 at line 7";
    const std::vector stopped{failure, figures("0043", "not_run", 0),
                              figures("0044", "not_run", 0)};
    EXPECT_THAT(news_of({all_ran, run_on("2026-11-23", stopped)}),
                ElementsAre("0042 backfill: ok -> failed since last week (22P02 at line 7)",
                            "2 migrations that were run then were not"));
    EXPECT_THAT(news_of({all_ran, run_on("2026-11-23", stopped), run_on("2026-11-30", stopped)}),
                IsEmpty());
    // They are compared with what they were when they last ran.
    EXPECT_THAT(news_of({all_ran, run_on("2026-11-23", stopped),
                         run_on("2026-11-30", {figures("0042", "ok", 5), figures("0043", "ok", 5),
                                               figures("0044", "rethink", 400'000)})}),
                ElementsAre("0042 backfill: failed -> ok since last week",
                            "0044 backfill: noisy -> rethink since 2026-11-16 (41.2 s -> 6 min "
                            "40 s)"));
}

TEST(WeeklyNews, ANewMigrationIsNewsWhereItIsNotOk) {
    EXPECT_THAT(
        news_of({run_on("2026-11-16", {figures("0042", "ok", 5)}),
                 run_on("2026-11-23", {figures("0042", "ok", 5), figures("0043", "noisy", 41'200),
                                       figures("0044", "not_run", 0), figures("0045", "ok", 5)})}),
        ElementsAre("0043 backfill: new, noisy, 41.2 s, over 30 s"));
}

TEST(WeeklyNews, TheFirstRunTellsAllThatIsNotOk) {
    EXPECT_THAT(
        news_of({run_on("2026-11-23", {figures("0042", "ok", 5), figures("0043", "noisy", 1)})}),
        ElementsAre("0043 backfill: noisy, 41.2 s, over 30 s"));
}

TEST(WeeklyNews, ARunOfSomeOfThemForgetsNothing) {
    const std::vector all{figures("0042", "ok", 5), figures("0043", "noisy", 41'200)};
    EXPECT_THAT(news_of({run_on("2026-11-16", all), run_on("2026-11-17", {all[0]}),
                         run_on("2026-11-23", all)}),
                IsEmpty());
}

TEST(WeeklyNews, AHostileNameIsOneShortLine) {
    auto hostile = figures("0042", "noisy", 41'200);
    hostile.key.name = "a\n\033[2J<script>" + std::string(300, 'x');
    const auto news = news_of({run_on("2026-11-23", {hostile})});
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].find('\n'), std::string::npos);
    EXPECT_EQ(news[0].find('\033'), std::string::npos);
    EXPECT_LT(news[0].size(), 200U);
}

TEST(WeeklyNews, AStaleSnapshotIsNews) {
    auto report = fresh_report();
    report.snapshot.age_days = 12.4;
    EXPECT_THAT(weekly_news(report, run_on("2026-11-23", {}), {}),
                ElementsAre("the newest snapshot is 12 days old (shop.dump): see what became of "
                            "its job"));
    report.snapshot.age_days = 8;
    EXPECT_THAT(weekly_news(report, run_on("2026-11-23", {}), {}), IsEmpty());
}

}  // namespace
}  // namespace rehearse::app
