#include "rehearse/history/run.hpp"

#include "samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::history {
namespace {

using report::StatementPart;
using samples::migration;
using samples::weekly;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

MigrationFigures figures_of(std::vector<StatementPart> statements) {
    auto part = migration("1", "a", "ok", 1);
    part.statements = std::move(statements);
    return run_of(weekly(0, {part}), "/runs").migrations.front();
}

report::LockPart lock(const std::string& mode, bool new_relation = false) {
    return {"users", mode, 0, 1, 1, 0, "exact", new_relation, 0, 0, ""};
}

TEST(RunOf, TheStrongestLockIsOfWhatWasThereBefore) {
    StatementPart first;
    first.locks = {lock("AccessExclusiveLock", true), lock("ShareUpdateExclusiveLock")};
    StatementPart second;
    second.locks = {lock("ShareLock"), lock("AccessShareLock")};
    EXPECT_EQ(figures_of({first, second}).strongest_lock, "ShareLock");
    EXPECT_EQ(figures_of({}).strongest_lock, "");
}

TEST(RunOf, AddsUpWhatWasWritten) {
    StatementPart first;
    first.wal_bytes = 100;
    first.rewrites = {{"users", 10, 30}, {"users_pkey", 5, 4}};
    StatementPart second;
    second.wal_bytes = 20;
    const auto figures = figures_of({first, second, StatementPart{}});
    EXPECT_EQ(figures.wal_bytes, 120);
    EXPECT_EQ(figures.rewritten_bytes, 34);
}

TEST(RunOf, TheLongestBlockedTimeIsOfOneRelation) {
    auto part = migration("1", "a", "ok", 1);
    part.blocking = {{"a", "ShareLock", "writes", 7, 1, {}, "exact"},
                     {"b", "ShareLock", "writes", 9, 1, {}, "exact"}};
    EXPECT_EQ(run_of(weekly(0, {part}), "/runs").migrations[0].longest_blocked_ms, 9);
}

struct SizeRow {
    const char* what;
    std::vector<report::SizePart> first, second;
    std::vector<report::RewritePart> rewrites;
    const char* table;
    std::int64_t bytes;
};

TEST(RunOf, TheLargestTableIsAsItWasBefore) {
    const std::vector<SizeRow> rows{
        {"none", {}, {}, {}, "", 0},
        {"the larger one", {{"a", 10, 12}, {"b", 30, 31}}, {}, {}, "b", 30},
        {"before the first of two statements", {{"a", 10, 20}}, {{"a", 20, 40}}, {}, "a", 10},
        {"a new table, after the last", {{"a", 0, 20}}, {{"a", 20, 40}}, {}, "a", 40},
        {"written anew in the same size", {}, {}, {{"a", 70, 70}, {"a_pkey", 5, 5}}, "a", 70},
        {"a table before its index", {{"a", 75, 76}}, {}, {{"a", 70, 70}}, "a", 75},
    };
    for (const auto& row : rows) {
        StatementPart first;
        first.sizes = row.first;
        first.rewrites = row.rewrites;
        StatementPart second;
        second.sizes = row.second;
        const auto figures = figures_of({first, second});
        EXPECT_EQ(figures.largest_table, row.table) << row.what;
        EXPECT_EQ(figures.largest_table_bytes, row.bytes) << row.what;
    }
}

TEST(Run, CountsAndAddsUpItsMigrations) {
    const auto run = run_of(weekly(0, {migration("1", "a", "ok", 1), migration("2", "b", "ok", 2),
                                       migration("3", "c", "failed", 4)}),
                            "/runs");
    EXPECT_THAT(count_by_label(run), ElementsAre(Pair("failed", 1), Pair("ok", 2)));
    EXPECT_EQ(elapsed_ms(run), 7);
}

struct ChangeRow {
    const char* before;
    const char* now;
    bool is_change;
};

TEST(LabelChanges, AreBetweenAnyTwoLabels) {
    const std::vector<ChangeRow> rows{
        {"ok", "ok", false},    {"ok", "noisy", true},   {"rethink", "noisy", true},
        {"failed", "ok", true}, {"not_run", "ok", true}, {"failed", "failed", false},
    };
    for (const auto& row : rows) {
        const auto previous = run_of(weekly(1, {migration("42", "backfill", row.before, 5)}), "/1");
        const auto now = run_of(weekly(2, {migration("42", "backfill", row.now, 7)}), "/2");
        const auto changes = label_changes(previous, now);
        ASSERT_EQ(changes.size(), row.is_change ? 1U : 0U) << row.before << " -> " << row.now;
        if (!row.is_change) continue;
        EXPECT_EQ(changes[0],
                  (LabelChange{now.migrations[0].key, row.before, row.now, 5, 7, false}));
    }
}

report::MigrationPart with_sql(const std::string& label, const std::string& sql) {
    auto part = migration("42", "backfill", label, 5);
    StatementPart statement;
    statement.sql = sql;
    part.statements = {statement};
    return part;
}

TEST(LabelChanges, TellThatTheSqlIsAnotherWhereBothRanToTheirEnd) {
    const auto sql_changed = [](const report::MigrationPart& before,
                                const report::MigrationPart& now) {
        return label_changes(run_of(weekly(1, {before}), "/1"), run_of(weekly(2, {now}), "/2"))
            .at(0)
            .sql_changed;
    };
    EXPECT_TRUE(sql_changed(with_sql("ok", "SELECT 1"), with_sql("noisy", "SELECT 2")));
    EXPECT_FALSE(sql_changed(with_sql("ok", "SELECT 1"), with_sql("noisy", "SELECT 1")));
    EXPECT_FALSE(sql_changed(with_sql("ok", "SELECT 1"), with_sql("failed", "SELECT 2")));
}

TEST(RunOf, TheSqlIsTheSameHoweverItsQuickStatementsWereFolded) {
    const auto id_of = [](const std::vector<std::pair<std::string, int>>& statements) {
        std::vector<StatementPart> parts;
        for (const auto& [sql, repeated] : statements) {
            parts.emplace_back().sql = sql;
            parts.back().repeated = static_cast<std::uint64_t>(repeated);
        }
        return figures_of(std::move(parts)).sql_id;
    };
    std::vector<std::pair<std::string, int>> many(1'000, {"INSERT INTO a VALUES (1)", 1});
    auto folded = many;
    folded.push_back({"INSERT INTO a VALUES (2)", 3});
    auto itemised = many;
    for (const auto* row : {"2", "7", "9"}) itemised.push_back({row, 1});
    EXPECT_EQ(id_of(folded), id_of(itemised));
    EXPECT_NE(id_of(folded), id_of(many));
    EXPECT_NE(id_of({{"SELECT 1", 1}, {"SELECT 2", 1}}), id_of({{"SELECT 1SELECT 2", 2}}));
    EXPECT_EQ(id_of({}), "");
}

TEST(LabelChanges, AreOfMigrationsThatBothRunsHaveInTheOrderOfNow) {
    auto elsewhere = migration("4", "d", "ok", 1);
    elsewhere.path = "other/4_d.sql";
    const auto previous =
        run_of(weekly(1, {migration("1", "applied", "ok", 1), migration("2", "b", "ok", 1),
                          migration("3", "c", "ok", 1), elsewhere}),
               "/1");
    const auto now =
        run_of(weekly(2, {migration("3", "c", "noisy", 1), migration("2", "b", "rethink", 1),
                          migration("5", "new", "failed", 1), migration("4", "d", "noisy", 1)}),
               "/2");
    std::vector<std::string> changed;
    for (const auto& change : label_changes(previous, now)) changed.push_back(change.key.title());
    EXPECT_THAT(changed, ElementsAre("3 c", "2 b"));
    EXPECT_THAT(label_changes({}, now), IsEmpty());
}

}  // namespace
}  // namespace rehearse::history
