#include "rehearse/base/text.hpp"

#include "e2e/rehearse_test.hpp"

namespace rehearse::test {

namespace {

using nlohmann::json;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class History : public RehearseTest {
  protected:
    json history(const Args& more = {}) {
        return json::parse(run_rehearse(Args{"history", "--format", "json"} + more).out);
    }
    fs::path file() const { return sandbox_.state() / "rehearse" / "history.sqlite"; }
};

}  // namespace

TEST_F(History, EveryRunIsRecordedWithItsReport) {
    migration("1_a.sql", "CREATE INDEX users_phone ON users (phone);\n");
    const fs::path dump = snapshot("shop.dump");
    const auto first = json::parse(rehearse_on(dump, {"--format", "json"}).out);
    migration("2_b.sql", "SELECT 1/0;\n");
    rehearse_on(dump);

    const auto runs = history()["runs"];
    ASSERT_EQ(runs.size(), 2U);
    EXPECT_EQ(runs[0]["label"], "failed");
    EXPECT_EQ(runs[1]["run_id"], first["run_id"]);
    EXPECT_EQ(runs[1]["migrations"][0]["elapsed_ms"], first["migrations"][0]["elapsed_ms"]);
    EXPECT_EQ(runs[1]["migrations"][0]["strongest_lock"], "ShareLock");
    EXPECT_TRUE(fs::exists(fs::path(std::string{runs[1]["folder"]}) / "report.json"));
    EXPECT_EQ(history({"1_a"})["runs"].size(), 2U);
    EXPECT_THAT(run_rehearse({"history", "1_a"}).out, HasSubstr("not before three snapshots"));
}

// As a bot does.
TEST_F(History, ManyRunsOfAWeekAreOneLineUnlessAskedFor) {
    migration("1_a.sql", "ALTER TABLE users ADD COLUMN note text;\n");
    const fs::path dump = snapshot("shop.dump");
    for (int i = 0; i < 3; ++i) rehearse_on(dump);
    // The week may end in the meantime.
    EXPECT_THAT(run_rehearse({"history", "1_a"}).out,
                ContainsRegex("[0-9]{4}-W[0-9]{2}  ok +[0-9.]+ ms  [123]     shop.dump  [0-9.]+ kB "
                              "users\n"));
    const auto every_run = run_rehearse({"history", "1_a", "--runs"}).out;
    EXPECT_THAT(every_run, HasSubstr("started (UTC)"));
    std::size_t lines = 0;
    for (const auto& line : split_lines(every_run)) lines += line.ends_with("kB users") ? 1 : 0;
    EXPECT_EQ(lines, 3U);
    const auto& without = run_rehearse({"history", "--runs"});
    EXPECT_EQ(without.exit_code, 2);
    expect_stderr_only(without, {"rehearse: error: --runs requires MIGRATION"});
}

TEST_F(History, NothingIsRecordedWhereNobodyWantsIt) {
    migration("1_a.sql", "SELECT 1;\n");
    rehearse_on(snapshot("shop.dump"), {"--no-history"});
    EXPECT_FALSE(fs::exists(file()));
    const auto& empty = run_rehearse({"history"});
    EXPECT_EQ(empty.exit_code, 0);
    EXPECT_EQ(empty.out, "");
    expect_stderr_only(empty, {"no run is in the history "});
}

TEST_F(History, ADamagedFileIsAWarningOfTheRunAndAnErrorOfTheCommand) {
    make_private_folder(file().parent_path());
    write_file_atomically(file(),
                          "not a database, and long enough that it cannot be taken for one");
    migration("1_a.sql", "SELECT 1;\n");
    const auto& run = rehearse_on(snapshot("shop.dump"));
    EXPECT_EQ(run.exit_code, 0);
    expect_stderr_only(run, {"warning: this run is not in the history: ", "hint: Move it away"});
    const auto& command = run_rehearse({"history"});
    EXPECT_EQ(command.exit_code, 2);
    expect_stderr_only(command, {"rehearse: error: the history ", "hint: Move it away"});
    EXPECT_THAT(read_file(file()), HasSubstr("not a database"));
}

TEST_F(History, AMigrationThatNoRunHasNamesTheNearest) {
    migration("1_backfill_email.sql", "SELECT 1;\n");
    rehearse_on(snapshot("shop.dump"));
    const auto& command = run_rehearse({"history", "backfil_emial"});
    EXPECT_EQ(command.exit_code, 2);
    expect_stderr_only(command, {"no run has a migration 'backfil_emial'", "Did you mean",
                                 "hint: 'rehearse history --format json'"});
}

TEST_F(History, APageLinksToTheRunBefore) {
    migration("1_a.sql", "SELECT 1;\n");
    const fs::path dump = snapshot("shop.dump");
    rehearse_on(dump);
    const auto& second = rehearse_on(dump, {"--format", "html"});
    const auto runs = history()["runs"];
    EXPECT_THAT(second.out, HasSubstr("<a href=\"" + std::string{runs[1]["folder"]} +
                                      "/report.html\">the run before</a>: ok, "));
    const fs::path folder{std::string{runs[0]["folder"]}};
    EXPECT_EQ(second.out, read_file(folder / "report.html"));
    EXPECT_EQ(run_rehearse({"report", folder / "report.json", "--format", "html"}).out, second.out);
}

TEST_F(History, APageDoesNotLinkToItself) {
    migration("1_a.sql", "SELECT 1;\n");
    const fs::path dump = snapshot("shop.dump");
    rehearse_on(dump, {"--out", "out"});
    rehearse_on(dump, {"--out", "out"});
    const auto page = read_file(sandbox_.work() / "out" / "report.html");
    EXPECT_THAT(page, HasSubstr(", the run before: ok, "));
    EXPECT_THAT(page, Not(HasSubstr("the run before</a>")));
}

TEST_F(History, IsWhereTheStateFolderIs) {
    migration("1_a.sql", "SELECT 1;\n");
    rehearse_on(snapshot("shop.dump"), {"--state", "elsewhere"});
    EXPECT_TRUE(fs::exists(sandbox_.work() / "elsewhere" / "history.sqlite"));
    EXPECT_EQ(history({"--state", "elsewhere"})["runs"].size(), 1U);
}

}  // namespace rehearse::test
