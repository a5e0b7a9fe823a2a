#include "rehearse/base/text.hpp"
#include "rehearse/history/render.hpp"
#include "rehearse/report/layout.hpp"

#include "samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

namespace rehearse::history {
namespace {

using report::cells_of;
using samples::backfill;
using samples::migration;
using samples::weekly;
using testing::HasSubstr;
using testing::Not;

constexpr report::TerminalStyle kPlain{false, 80};
constexpr report::TerminalStyle kColoured{true, 80};

std::vector<Run> runs() {
    return {
        run_of(weekly(2, {migration("1", "a", "ok", 800), migration("2", "b", "noisy", 40'000)}),
               "/runs/2"),
        run_of(weekly(1, {migration("1", "a", "failed", 3), migration("2", "b", "not_run", 0)}),
               "/runs/1"),
        run_of(weekly(0, {}), "/runs/0")};
}

// All five labels, and names that are too long or break out of their place.
std::vector<Run> hostile_runs() {
    auto report = weekly(0, {});
    for (int i = 0; i < 200; ++i) {
        for (const auto* label : {"ok", "noisy", "rethink", "failed", "not_run"}) {
            report.migrations.push_back(migration(std::to_string(i), "a", label, 4e6));
        }
    }
    report.label = "failed";
    report.snapshot.name = "\033[2J" + std::string(100, 'x') + "\xff.dump";
    return {run_of(report, "/runs/0")};
}

std::vector<Occurrence> occurrences() {
    auto found = backfill({12.5, 20, 26.4, 31.2});
    for (std::size_t i = 0; i < found.size(); ++i) {
        found[i].migration.largest_table = "users";
        found[i].migration.largest_table_bytes =
            static_cast<std::int64_t>(3'000'000'000 - 200'000'000 * i);
    }
    return found;
}

std::vector<Occurrence> hostile_occurrences() {
    auto found = occurrences();
    for (auto& [run, figures] : found) {
        figures.key.name = "\033[31m" + std::string(200, 'n');
        figures.label =
            "\x07"
            "ok";
        figures.largest_table = std::string(100, 't') + "\r\n";
        run.snapshot_name = std::string(100, 's');
        run.started_at = "\n\n";
    }
    return found;
}

constexpr Shown kWeeks{20, false};

std::string drawn(const std::vector<Occurrence>& of, const report::TerminalStyle& style,
                  const Shown& shown = kWeeks) {
    return render_migration(of, shown, *from_iso8601(samples::week(4)), style);
}

TEST(HistoryTerminal, ListsRuns) {
    EXPECT_EQ(render_runs(runs(), kPlain),
              "started (UTC)     label       elapsed  snapshot              migrations\n"
              "2026-09-18 03:10  noisy        40.8 s  shop-2026-09-18.dump  1 ok, 1 noisy\n"
              "2026-09-11 03:10  failed       3.0 ms  shop-2026-09-11.dump  1 failed, 1 not run\n"
              "2026-09-04 03:10  not run           -  shop-2026-09-04.dump  nothing pending\n");
    EXPECT_EQ(render_runs({}, kPlain), "");
}

TEST(HistoryTerminal, ShowsALineAWeekAndTheTrendOfAllRuns) {
    auto runs = occurrences();
    // A bot's, the next day.
    for (const double elapsed_ms : {31'000.0, 2.0}) {
        runs.insert(runs.begin(), runs[elapsed_ms > 2 ? 0 : 1]);
        runs.front().migration.elapsed_ms = elapsed_ms;
    }
    runs.front().migration.ran_to_end = false;
    runs.front().migration.label = "failed";
    EXPECT_EQ(drawn(runs, kPlain, {3, false}),
              "0042 backfill_email\n"
              "/srv/app/db/migrations/0042_backfill_email.sql\n"
              "\n"
              "week      label       elapsed  runs         snapshot              table\n"
              "2026-W39  noisy        31.0 s  3, 1 failed  shop-2026-09-25.dump  2.8 GB users\n"
              "2026-W38  ok           26.4 s  1            shop-2026-09-18.dump  2.6 GB users\n"
              "2026-W37  ok           20.0 s  1            shop-2026-09-11.dump  2.4 GB users\n"
              "and 1 older\n"
              "\n"
              "  trend  +6.30 s a week (+4.70 s to +7.50 s), from 4 snapshots in 3 weeks; over\n"
              "         30 s already; does not cross 5 min within 8 weeks\n"
              "  size   users grew from 2.2 GB to 2.8 GB, 191 MB a week; each GB takes 33.8 s\n"
              "         (25.2 s to 40.3 s)\n"
              "  report /var/lib/rehearse/runs/20260925-031000-0000/report.json\n");
}

TEST(HistoryTerminal, ShowsEveryRunWhereAsked) {
    EXPECT_EQ(drawn(occurrences(), kPlain, {3, true}),
              "0042 backfill_email\n"
              "/srv/app/db/migrations/0042_backfill_email.sql\n"
              "\n"
              "started (UTC)     label       elapsed  snapshot              table\n"
              "2026-09-25 03:10  noisy        31.2 s  shop-2026-09-25.dump  2.8 GB users\n"
              "2026-09-18 03:10  ok           26.4 s  shop-2026-09-18.dump  2.6 GB users\n"
              "2026-09-11 03:10  ok           20.0 s  shop-2026-09-11.dump  2.4 GB users\n"
              "and 1 older\n"
              "\n"
              "  trend  +6.32 s a week (+4.80 s to +7.50 s), from 4 snapshots in 3 weeks; over\n"
              "         30 s already; does not cross 5 min within 8 weeks\n"
              "  size   users grew from 2.2 GB to 2.8 GB, 191 MB a week; each GB takes 33.9 s\n"
              "         (25.8 s to 40.3 s)\n"
              "  report /var/lib/rehearse/runs/20260925-031000-0000/report.json\n");
}

TEST(HistoryTerminal, LinesAreNoWiderThanTheTerminal) {
    for (const int width : {64, 80, 100, 120}) {
        for (const auto& text :
             {render_runs(runs(), {false, width}), render_runs(hostile_runs(), {false, width}),
              drawn(occurrences(), {false, width}), drawn(hostile_occurrences(), {false, width}),
              drawn(hostile_occurrences(), {false, width}, {20, true})}) {
            for (const auto& line : split_lines(text)) {
                // A path is one word: it is not broken.
                if (line.find("report.json") != std::string::npos) continue;
                EXPECT_LE(cells_of(line), static_cast<std::size_t>(width)) << line;
            }
        }
    }
}

TEST(HistoryTerminal, SurvivesAnyWidth) {
    for (const int width : {-1, 0, 1, 39, 100'000}) {
        EXPECT_THAT(render_runs(runs(), {false, width}), HasSubstr("noisy"));
        EXPECT_THAT(drawn(occurrences(), {false, width}), HasSubstr("noisy"));
    }
}

TEST(HistoryTerminal, HasColourOnlyWhereAsked) {
    const auto without_colour = [](const std::string& text) {
        return std::regex_replace(text, std::regex("\033\\[[0-9;]*m"), "");
    };
    EXPECT_THAT(render_runs(runs(), kColoured), HasSubstr("\033[33mnoisy"));
    EXPECT_EQ(without_colour(render_runs(runs(), kColoured)), render_runs(runs(), kPlain));
    EXPECT_EQ(without_colour(drawn(occurrences(), kColoured)), drawn(occurrences(), kPlain));
    EXPECT_THAT(drawn(occurrences(), kPlain), Not(HasSubstr("\033")));
}

TEST(HistoryTerminal, NamesCannotMoveTheCursor) {
    const auto text = render_runs(hostile_runs(), kPlain) + drawn(hostile_occurrences(), kPlain);
    for (const char c : text) EXPECT_FALSE(c != '\n' && static_cast<unsigned char>(c) < 0x20);
}

}  // namespace
}  // namespace rehearse::history
