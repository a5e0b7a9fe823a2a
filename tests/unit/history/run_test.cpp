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

TEST(RunOf, TheLargestTableIsTheReportsWhereItTellsOne) {
    auto part = migration("1", "a", "ok", 1);
    part.statements.emplace_back().sizes = {{"logs", 10, 12}};
    part.largest_table = {"users", 70};
    const auto figures = run_of(weekly(0, {part}), "/runs").migrations.front();
    EXPECT_EQ(figures.largest_table, "users");
    EXPECT_EQ(figures.largest_table_bytes, 70);
}

TEST(RunOf, TheLargestTableOfAnOlderReportIsOneThatChanged) {
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

TEST(RunOf, WhatFailedOrWasGivenUpOnDidNotRunToItsEnd) {
    const auto ran_to_end = [](report::MigrationPart part) {
        return run_of(weekly(0, {std::move(part)}), "/runs").migrations[0].ran_to_end;
    };
    EXPECT_TRUE(ran_to_end(migration("1", "a", "rethink", 1)));
    EXPECT_FALSE(ran_to_end(migration("1", "a", "not_run", 0)));
    auto given_up = migration("1", "a", "rethink", 1);
    given_up.error = report::ErrorPart{};
    EXPECT_FALSE(ran_to_end(given_up));
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

}  // namespace
}  // namespace rehearse::history
