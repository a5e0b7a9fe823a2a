#include "app/run_history.hpp"

#include "rehearse/app/previous_runs.hpp"
#include "rehearse/history/store.hpp"

#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>

namespace rehearse::app {
namespace {

using report::MigrationPart;
using report::Report;
using testing::HasSubstr;
using testing::IsEmpty;

MigrationPart migration(const std::string& version, const std::string& name) {
    MigrationPart part;
    part.version = version;
    part.name = name;
    part.path = "migrations/" + name + ".sql";
    part.label = "ok";
    part.elapsed_ms = 12;
    return part;
}

class Warnings final : public Progress {
  public:
    void begin(const std::string&) override {}
    void update(std::uint64_t, std::optional<std::uint64_t>, Unit, const std::string&) override {}
    void end(const std::string&) override {}
    void note(const std::string&) override {}
    void warn(const std::string& text) override { said += text + "\n"; }
    std::string said;
};

class RunHistory : public test::FolderFixture {
  protected:
    fs::path state() const { return parent() / "state"; }
    fs::path runs(const std::string& name) const { return state() / "runs" / name; }

    static Report report_of(int week, std::vector<MigrationPart> migrations) {
        Report report;
        report.run_id = "2026110" + std::to_string(week) + "-050000-0000";
        report.started_at = "2026-11-0" + std::to_string(week) + "T05:00:00Z";
        report.label = "ok";
        report.migrations = std::move(migrations);
        return report;
    }
    // As a rehearsal that wrote its report to this folder.
    void rehearse(const Report& report, const fs::path& to) const {
        make_private_folder(to);
        write_file_atomically(to / "report.html", "<html>");
        write_file_atomically(to / "report.json", render_json(report));
        history::HistoryStore(history::history_file(state()),
                              history::HistoryStore::Access::read_or_write)
            .record(report, to);
    }
};

TEST_F(RunHistory, NamesThePageOfTheRunBefore) {
    const auto one = migration("0042", "backfill");
    rehearse(report_of(1, {one}), runs("a"));
    rehearse(report_of(2, {one}), runs("b"));
    const auto previous = previous_runs(state(), report_of(3, {one}), runs("c"));
    ASSERT_EQ(previous.size(), 1U);
    EXPECT_EQ(previous.at(id_of(one)).path, runs("b") / "report.html");
    EXPECT_EQ(previous.at(id_of(one)).words, "ok, 12.0 ms on 2026-11-02");
}

TEST_F(RunHistory, ThePageThatThisRunWritesOverIsNotThatOfTheRunBefore) {
    const auto one = migration("0042", "backfill");
    rehearse(report_of(1, {one}), runs("out"));
    fs::create_directory_symlink(runs("out"), parent() / "link");
    for (const auto& folder : {runs("out"), parent() / "link", runs("other") / ".." / "out"}) {
        make_private_folder(runs("other"));
        const auto previous = previous_runs(state(), report_of(2, {one}), folder);
        EXPECT_THAT(previous.at(id_of(one)).path, IsEmpty()) << folder;
        EXPECT_EQ(previous.at(id_of(one)).words, "ok, 12.0 ms on 2026-11-01");
    }
}

TEST_F(RunHistory, APageThatAnotherRunWroteOverIsNotThatOfTheRunBefore) {
    const auto one = migration("0042", "backfill");
    rehearse(report_of(1, {one}), runs("out"));
    rehearse(report_of(2, {migration("0001", "other")}), runs("out"));
    const auto previous = previous_runs(state(), report_of(3, {one}), runs("c"));
    EXPECT_THAT(previous.at(id_of(one)).path, IsEmpty());
}

TEST_F(RunHistory, MigrationsWithoutAVersionAreToldApart) {
    const auto a = migration("", "a");
    const auto b = migration("", "b");
    rehearse(report_of(1, {a}), runs("a"));
    rehearse(report_of(2, {b}), runs("b"));
    const auto previous = previous_runs(state(), report_of(3, {a, b}), runs("c"));
    EXPECT_EQ(previous.at(id_of(a)).path, runs("a") / "report.html");
    EXPECT_EQ(previous.at(id_of(b)).path, runs("b") / "report.html");
}

// By then the rehearsal has its answer.
TEST_F(RunHistory, AFolderThatCannotBeReachedDoesNotEndARun) {
    const auto one = migration("0042", "backfill");
    const auto report = report_of(2, {one});
    const fs::path unreachable = parent() / std::string(300, 'x');
    Warnings warnings;

    EXPECT_THAT(previous_runs(unreachable, report, runs("c")), IsEmpty());
    const auto told = told_before(unreachable, history::run_of(report, runs("c")), warnings);
    EXPECT_THAT(told.of, IsEmpty());
    EXPECT_THAT(told.unknown_because, HasSubstr("File name too long"));
    mark_told_weekly(unreachable, report.run_id, warnings);
    EXPECT_THAT(warnings.said, HasSubstr("what was told before is not known: "));
    EXPECT_THAT(warnings.said, HasSubstr("the next weekly run will tell the same again: "));

    rehearse(report_of(1, {one}), runs("a"));
    history::HistoryStore(history::history_file(state()), history::HistoryStore::Access::read)
        .record(report_of(1, {one}), unreachable);
    EXPECT_THAT(previous_runs(state(), report, runs("c")).at(id_of(one)).path, IsEmpty());
}

}  // namespace
}  // namespace rehearse::app
