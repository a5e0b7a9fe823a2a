#include "rehearse/base/text.hpp"
#include "rehearse/process/process.hpp"

#include "e2e/rehearse_test.hpp"

namespace rehearse::test {

namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Options : public RehearseTest {
  protected:
    // Runs one of the commands that a run printed, as a user would.
    static process::ProcessResult in_shell(const std::string& command) {
        process::ProcessSpec spec;
        spec.program = "sh";
        spec.args = {"-c", command};
        return process::make_process_runner()->run(spec);
    }
};

struct FailOnRow {
    const char* label;  // of the only migration, or failed
    const char* fail_on;
    int exit_code;
};

}  // namespace

// Both sides of the line; the rest of the matrix is verdict's unit test.
TEST_F(Options, FailOnDecidesTheExitCode) {
    const std::vector<FailOnRow> rows{
        {"noisy", "rethink", 0},
        {"noisy", "noisy", 1},
        {"rethink", "failed", 0},
        {"failed", "never", 0},
    };
    const fs::path dump = snapshot("shop.dump");
    for (const auto& row : rows) {
        const std::string label = row.label;
        migration("1.sql", label == "failed" ? "SELECT 1/0;\n" : "SELECT pg_sleep(0.2);\n");
        const Args thresholds = label == "noisy"     ? Args{"--noisy", "100ms"}
                                : label == "rethink" ? Args{"--noisy", "1ms", "--rethink", "100ms"}
                                                     : Args{};
        const auto& run = rehearse_on(dump, thresholds + Args{"--tool", "plain", "--fail-on",
                                                              row.fail_on, "--format", "json"});
        EXPECT_EQ(run.exit_code, row.exit_code) << row.label << " with --fail-on " << row.fail_on;
        EXPECT_THAT(labels_of(json::parse(run.out)), ElementsAre(label));
    }
}

TEST_F(Options, OnlyAndUntilChooseFromThePending) {
    for (const char* name : {"1_a.sql", "2_b.sql", "3_c.sql"}) migration(name, "SELECT 1;\n");
    const fs::path dump = snapshot("shop.dump");
    const auto chosen = [&](const Args& more) {
        return versions_of(json::parse(rehearse_on(dump, more + Args{"--format", "json"}).out));
    };
    EXPECT_THAT(chosen({"--only", "1", "3"}), ElementsAre("1", "3"));
    EXPECT_THAT(chosen({"--pending-from", "2", "--until", "2"}), ElementsAre("2"));
}

TEST_F(Options, AnUnknownVersionIsAWrongUsage) {
    migration("1_a.sql", "SELECT 1;\n");
    const auto& run = rehearse_on(snapshot("shop.dump"), {"--only", "7"});
    EXPECT_EQ(run.exit_code, 2);
    expect_stderr_only(run, {"rehearse: error: ", "hint: "});
    EXPECT_THAT(run.err, HasSubstr("7"));
}

TEST_F(Options, NoObserveOnlyTimes) {
    migration("1.sql", "ALTER TABLE users ADD COLUMN a int;\n");
    const auto& run = rehearse_on(snapshot("shop.dump"), {"--no-observe", "--format", "json"});
    EXPECT_EQ(run.exit_code, 0);
    const auto report = json::parse(run.out);
    const auto& statement = report["migrations"][0]["statements"][0];
    EXPECT_THAT(statement["locks"], IsEmpty());
    EXPECT_GT(statement["elapsed_ms"], 0);
    EXPECT_EQ(report["sampler"]["readings"], 0);
}

// Each of them would lead libpq astray: to another server, to none, or to other results.
TEST_F(Options, VariablesOfLibpqChangeNothing) {
    migration("1.sql",
              "DO $$ BEGIN\n"
              "  ASSERT current_setting('TimeZone') <> 'Asia/Tokyo';\n"
              "  ASSERT current_setting('work_mem') <> '64kB';\n"
              "END $$;\n");
    RunOptions options;
    options.env = {{"PGHOSTADDR", "127.0.0.1"},
                   {"PGHOST", "/nonexistent"},
                   {"PGPORT", "1"},
                   {"PGUSER", "nobody"},
                   {"PGSSLMODE", "verify-full"},
                   {"PGTARGETSESSIONATTRS", "standby"},
                   {"PGCHANNELBINDING", "require"},
                   {"PGTZ", "Asia/Tokyo"},
                   {"PGOPTIONS", "-c work_mem=64kB"}};
    EXPECT_EQ(rehearse_on(snapshot("shop.dump"), {}, options).exit_code, 0);
}

TEST_F(Options, EnforcedTimeoutsCancelAsProductionWould) {
    migration("1.sql",
              "DO $$ BEGIN\n"
              "  ASSERT current_setting('lock_timeout') = '5s';\n"
              "  ASSERT current_setting('statement_timeout') = '1min';\n"
              "END $$;\n");
    EXPECT_EQ(rehearse_on(snapshot("shop.dump"), {"--enforce-timeouts"}).exit_code, 0);
}

TEST_F(Options, TheTerminalReportGoesToStdoutAndItsFolderToStderr) {
    migration("1_a.sql", "ALTER TABLE users ADD COLUMN a int;\n");
    const auto& run = rehearse_on(snapshot("shop.dump"));
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_THAT(run.out, HasSubstr("ok"));
    EXPECT_THAT(run.out, Not(HasSubstr("\x1b")));
    const fs::path folder = sandbox_.state() / "rehearse" / "runs" / *sandbox_.run_ids().begin();
    EXPECT_THAT(run.err, HasSubstr("rehearse: report: " + (folder / "report.json").string()));
    EXPECT_TRUE(fs::exists(folder / "report.md"));
}

TEST_F(Options, AKeptScratchCanBeUsedAndRemovedAsPrinted) {
    migration("1_a.sql", "CREATE TABLE made_here AS SELECT 42 AS answer;\n");
    const auto& run = rehearse_on(snapshot("shop.dump"), {"--keep-scratch"});
    EXPECT_EQ(run.exit_code, 0);
    expect_stderr_only(
        run, {"rehearse: the scratch keeps running; connect: psql ", "rehearse: remove it: "});
    const auto printed = [&](const std::string& before) {
        const auto begin = run.err.find(before) + before.size();
        return run.err.substr(begin, run.err.find('\n', begin) - begin);
    };
    const std::string query = " --tuples-only --command='SELECT answer FROM made_here'";
    const auto answer = in_shell(printed("; connect: ") + query);
    EXPECT_THAT(answer.out, HasSubstr("42")) << answer.err;
    // gc leaves what is kept.
    const auto& gc = run_rehearse({"gc"});
    expect_stderr_only(gc, {"nothing to remove"});
    const auto removed = in_shell(printed("remove it: "));
    EXPECT_EQ(removed.exit_code, 0) << removed.err;
    // TearDown finds what the printed command forgot.
}

}  // namespace rehearse::test
