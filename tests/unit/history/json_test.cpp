#include "rehearse/history/render.hpp"

#include "samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace rehearse::history {
namespace {

using nlohmann::json;
using samples::backfill;
using samples::migration;
using samples::weekly;

TEST(HistoryJson, HasEveryFigureOfARun) {
    auto part = migration("0042", "backfill_email", "noisy", 31'000);
    part.blocking = {{"users", "ShareLock", "writes", 12.5, 1, {}, "exact"}};
    const auto report = weekly(1, {migration("0041", "add_email", "ok", 0.5), part});
    const auto run = json::parse(runs_json({run_of(report, "/runs/1")})).at("runs").at(0);
    EXPECT_EQ(run["run_id"], report.run_id);
    EXPECT_EQ(run["started_at"], report.started_at);
    EXPECT_EQ(run["finished_at"], report.finished_at);
    EXPECT_EQ(run["label"], "noisy");
    EXPECT_EQ(run["snapshot"]["taken_at"], report.snapshot.taken_at);
    EXPECT_EQ(run["snapshot"]["sha256"], report.snapshot.sha256);
    EXPECT_EQ(run["thresholds"]["rethink_ms"], 300'000);
    EXPECT_EQ(run["folder"], "/runs/1");
    EXPECT_EQ(run["elapsed_ms"], 31'000.5);
    EXPECT_EQ(run["count_by_label"], (json{{"ok", 1}, {"noisy", 1}}));
    ASSERT_EQ(run["migrations"].size(), 2U);
    EXPECT_EQ(run["migrations"][1]["path"], "/srv/app/db/migrations/0042_backfill_email.sql");
    EXPECT_EQ(run["migrations"][1]["longest_blocked_ms"], 12.5);
    EXPECT_EQ(json::parse(runs_json({})), (json{{"runs", json::array()}}));
}

TEST(HistoryJson, HasTheTrendOfAMigration) {
    const auto all = json::parse(migration_json(backfill({10, 14, 20}), 2));
    EXPECT_EQ(all["version"], "0042");
    EXPECT_EQ(all["runs"].size(), 2U);
    EXPECT_EQ(all["runs"][0]["migration"]["elapsed_ms"], 20'000);
    const auto& trend = all["trend"];
    EXPECT_EQ(trend["snapshots"], 3);
    EXPECT_EQ(trend["last_taken_at"], samples::week(2));
    EXPECT_NEAR(trend["ms_a_week"]["estimate"], 5'000, 0.01);
    EXPECT_NEAR(trend["ms_a_week"]["lowest"], 4'000, 0.01);
    EXPECT_NEAR(trend["ms_a_week"]["highest"], 6'000, 0.01);
    EXPECT_EQ(trend["ms_a_week"]["is_clear"], true);
    EXPECT_EQ(trend["horizon"], samples::week(8));
    EXPECT_EQ(trend["crosses"]["noisy"]["at"], samples::week(4));
    EXPECT_EQ(
        trend["crosses"]["rethink"],
        (json{
            {"limit_ms", 300'000.0}, {"at", nullptr}, {"earliest", nullptr}, {"latest", nullptr}}));
    EXPECT_EQ(trend["table"], nullptr);
}

TEST(HistoryJson, HasNoTrendOfTwoSnapshots) {
    EXPECT_EQ(json::parse(migration_json(backfill({10, 14}), 20))["trend"], nullptr);
}

TEST(HistoryJson, HasTheTableThatGrows) {
    auto runs = backfill({10, 20, 30});
    for (std::size_t i = 0; i < runs.size(); ++i) {
        runs[i].migration.largest_table = "users";
        runs[i].migration.largest_table_bytes = static_cast<std::int64_t>(9'000 - 1'000 * i);
    }
    const auto table = json::parse(migration_json(runs, 20))["trend"]["table"];
    EXPECT_EQ(table["relation"], "users");
    EXPECT_NEAR(table["bytes_a_week"]["estimate"], 1'000, 0.01);
    EXPECT_NEAR(table["ms_a_byte"]["estimate"], 10, 0.01);
}

TEST(HistoryJson, IsJsonWhateverTheNamesAre) {
    auto report = weekly(0, {migration("1", "\xff\x01\"", "ok", 1)});
    report.snapshot.name = "\xc3";
    EXPECT_NO_THROW(json::parse(runs_json({run_of(report, "/runs/\xfe")})));
}

}  // namespace
}  // namespace rehearse::history
