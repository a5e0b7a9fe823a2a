#include "rehearse/history/store.hpp"

#include "history/schema.hpp"
#include "samples.hpp"
#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace rehearse::history {
namespace {

using Access = HistoryStore::Access;
using samples::migration;
using samples::run_id;
using samples::weekly;
using testing::ElementsAre;
using testing::IsEmpty;

class Store : public test::FolderFixture {
  protected:
    fs::path file() const { return history_file(parent() / "state"); }
    HistoryStore open() const { return HistoryStore(file(), Access::read_or_write); }
};

mode_t mode_of(const fs::path& path) {
    struct stat facts {};
    EXPECT_EQ(stat(path.c_str(), &facts), 0) << path;
    return facts.st_mode & 0777U;
}

std::vector<std::string> ids_of(const std::vector<Run>& runs) {
    std::vector<std::string> ids;
    for (const auto& run : runs) ids.push_back(run.facts.run_id);
    return ids;
}

report::Report rich_report() {
    auto part = migration("0042", "backfill_email", "noisy", 31'000);
    part.because = "31.0 s, over 30 s; it's \"quoted\"";
    part.in_change = false;
    report::StatementPart statement;
    statement.wal_bytes = 4'000'000'000;
    statement.locks = {{"users", "RowExclusiveLock", 0, 1, 1, 0, "exact", false, 0, 0, ""}};
    statement.rewrites = {{"users", 10, 12}};
    statement.sizes = {{"users", 2'000'000'000, 2'100'000'000}, {"tiny", 8'192, 16'384}};
    part.statements = {statement};
    part.blocking = {{"users", "ShareLock", "writes", 12'100.5, 1, {}, "exact"}};
    return weekly(3, {migration("0041", "add_email", "ok", 0.8), part});
}

TEST_F(Store, KeepsWhatARunLeft) {
    const auto report = rich_report();
    open().record(report, "/runs/3");
    EXPECT_THAT(HistoryStore(file(), Access::read).runs(10),
                ElementsAre(run_of(report, "/runs/3")));
}

TEST_F(Store, FilesAndFoldersAreForTheirOwnerAlone) {
    const mode_t before = umask(0);
    open().record(rich_report(), "/runs/3");
    umask(before);
    EXPECT_EQ(mode_of(file()), 0600U);
    EXPECT_EQ(mode_of(file().parent_path()), 0700U);
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(file().parent_path())) all.push_back(entry);
    EXPECT_THAT(all, ElementsAre(file()));
}

TEST_F(Store, RunsAreNewestFirstAndNoMoreThanAskedFor) {
    auto store = open();
    for (const int number : {2, 0, 3, 1}) store.record(weekly(number, {}), "/runs");
    EXPECT_THAT(ids_of(store.runs(2)), ElementsAre(run_id(3), run_id(2)));
    EXPECT_EQ(store.runs(100).size(), 4U);
}

TEST_F(Store, ARunThatIsRecordedAgainReplacesItself) {
    auto store = open();
    store.record(weekly(1, {migration("1", "a", "ok", 1), migration("2", "b", "ok", 1)}), "/old");
    const auto again = weekly(1, {migration("1", "a", "noisy", 40'000)});
    store.record(again, "/new");
    EXPECT_THAT(store.runs(10), ElementsAre(run_of(again, "/new")));
    EXPECT_EQ(store.migrations().size(), 1U);
}

TEST_F(Store, TwoProjectsMayHaveAMigrationOfTheSameName) {
    auto ours = migration("0001", "init", "ok", 1);
    auto theirs = ours;
    theirs.path = "other/0001_init.sql";
    theirs.label = "noisy";
    auto store = open();
    store.record(weekly(1, {ours}), "/runs/1");
    store.record(weekly(2, {theirs}), "/runs/2");
    ASSERT_EQ(store.migrations().size(), 2U);
    const auto key = key_of(ours);
    ASSERT_EQ(store.of_migration(key).size(), 1U);
    EXPECT_EQ(store.of_migration(key)[0].migration.label, "ok");
}

TEST_F(Store, ThePathIsTheSameHoweverItWasGiven) {
    auto dotted = migration("0001", "init", "ok", 1);
    dotted.path = "./db/x/../migrations/0001_init.sql";
    auto absolute = dotted;
    absolute.path = fs::current_path() / "db/migrations/0001_init.sql";
    auto store = open();
    store.record(weekly(1, {dotted}), "/runs/1");
    store.record(weekly(2, {absolute}), "/runs/2");
    EXPECT_EQ(store.migrations().size(), 1U);
}

TEST_F(Store, ThePreviousRunOfAMigrationIsTheNewestBefore) {
    auto store = open();
    for (const int number : {1, 2, 4}) {
        store.record(weekly(number, {migration("1", "a", "ok", number)}), "/runs");
    }
    store.record(weekly(3, {migration("2", "b", "ok", 1)}), "/runs");
    const auto key = store.migrations().front();
    EXPECT_EQ(store.previous_run_of(key, run_id(4))->migration.elapsed_ms, 2);
    // It need not be recorded itself.
    EXPECT_EQ(store.previous_run_of(key, run_id(9))->run.run_id, run_id(4));
    EXPECT_FALSE(store.previous_run_of(key, run_id(1)));
    EXPECT_EQ(store.of_migration(key).size(), 3U);
    EXPECT_EQ(store.of_migration(key).front().run.run_id, run_id(4));
}

TEST_F(Store, WhatTheTeamWasToldBeforeIsOfTheRunsThatItWasToldOf) {
    auto store = open();
    const std::vector labels{"ok", "noisy", "not_run", "rethink", "failed"};
    for (int number = 0; number < 5; ++number) {
        store.record(weekly(number, {migration("1", "a", labels[number], 1)}), "/runs");
    }
    const auto key = store.migrations().front();
    const auto labels_before = [&](int number) {
        std::vector<std::string> told;
        for (const auto& run : store.told_before(key, run_id(number)))
            told.push_back(run.migration.label);
        return told;
    };
    EXPECT_THAT(labels_before(4), IsEmpty());
    for (const int number : {0, 1, 2, 4}) store.mark_told_weekly(run_id(number));
    EXPECT_THAT(labels_before(4), ElementsAre("not_run", "noisy", "ok"));
    EXPECT_THAT(labels_before(1), ElementsAre("ok"));
    EXPECT_THAT(labels_before(0), IsEmpty());
}

// As the first schema left it.
TEST_F(Store, AnOlderFileKeepsItsRuns) {
    {
        const auto step = schema_steps().subspan(0, 1);
        fs::create_directories(file().parent_path());
        std::ofstream(file()).flush();
        Database database(file(), std::chrono::seconds(10));
        bring_up_to_date(database, step);
        database.execute(
            "INSERT INTO runs VALUES ('" + run_id(1) +
            "', '', '', 'noisy', '', '', '', 'local', '15.18', 30000, 300000, '/runs/1');"
            "INSERT INTO migrations VALUES ('" +
            run_id(1) +
            "', 0, '1', 'a', '/m/1_a.sql', 1, 'noisy', 31000, '', '', 0, 0, 0, '', 0), ('" +
            run_id(1) + "', 1, '2', 'b', '/m/2_b.sql', 1, 'failed', 5, '', '', 0, 0, 0, '', 0)");
    }
    auto store = open();
    const auto runs = store.runs(10);
    ASSERT_EQ(runs.size(), 1U);
    ASSERT_EQ(runs[0].migrations.size(), 2U);
    EXPECT_TRUE(runs[0].migrations[0].ran_to_end);
    EXPECT_FALSE(runs[0].migrations[1].ran_to_end);
    EXPECT_EQ(runs[0].migrations[0].sql_id, "");
    EXPECT_THAT(store.told_before(runs[0].migrations[0].key, run_id(2)), IsEmpty());
    store.record(weekly(2, {migration("1", "a", "ok", 1)}), "/runs/2");
    EXPECT_EQ(store.runs(10).size(), 2U);
}

TEST_F(Store, AFileThatIsNotThereIsNotMadeByReading) {
    EXPECT_ANY_THROW(HistoryStore(file(), Access::read));
    EXPECT_FALSE(fs::exists(file().parent_path()));
}

// Each in a process of its own, from the file's making on.
TEST_F(Store, SeveralWritersAtOnceLoseNothing) {
    constexpr int kWriters = 4;
    constexpr int kRuns = 25;
    std::vector<pid_t> writers;
    for (int writer = 0; writer < kWriters; ++writer) {
        const pid_t pid = fork();
        ASSERT_GE(pid, 0);
        if (pid != 0) {
            writers.push_back(pid);
            continue;
        }
        int failures = 0;
        for (int i = 0; i < kRuns; ++i) {
            try {
                const int number = writer * kRuns + i;
                open().record(weekly(number, {migration("1", "a", "ok", 1)}), "/runs");
            } catch (const std::exception& error) {
                std::fprintf(stderr, "writer %d: %s\n", writer, error.what());
                ++failures;
            }
        }
        _exit(failures);
    }
    for (const pid_t pid : writers) {
        int status = 0;
        ASSERT_EQ(waitpid(pid, &status, 0), pid);
        EXPECT_EQ(status, 0);
    }
    const auto runs = open().runs(1'000);
    EXPECT_EQ(runs.size(), std::size_t{kWriters * kRuns});
    for (const auto& run : runs) EXPECT_EQ(run.migrations.size(), 1U);
}

}  // namespace
}  // namespace rehearse::history
