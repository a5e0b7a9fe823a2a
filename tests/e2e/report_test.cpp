#include "rehearse/process/process.hpp"

#include "e2e/rehearse_test.hpp"

namespace rehearse::test {

namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Commands : public RehearseTest {
  protected:
    json redrawn(const fs::path& report, const Args& more) {
        return json::parse(run_rehearse(Args{"report", report, "--format", "json"} + more).out);
    }
};

}  // namespace

TEST_F(Commands, ASavedReportIsJudgedAgainWithoutPostgres) {
    migration("1.sql", "SELECT pg_sleep(0.2);\n");
    migration("2.sql", "SELECT 1/0;\n");
    const auto& run = rehearse_on(snapshot("shop.dump"), {"--out", "out", "--tool", "plain"});
    EXPECT_EQ(run.exit_code, 1);
    const fs::path report = sandbox_.work() / "out" / "report.json";

    EXPECT_THAT(labels_of(redrawn(report, {})), ElementsAre("ok", "failed"));
    EXPECT_THAT(labels_of(redrawn(report, {"--noisy", "100ms"})), ElementsAre("noisy", "failed"));
    EXPECT_THAT(labels_of(redrawn(report, {"--noisy", "10ms", "--rethink", "100ms"})),
                ElementsAre("rethink", "failed"));
    EXPECT_EQ(run_rehearse({"report", report, "--format", "markdown"}).out,
              read_file(report.parent_path() / "report.md"));
    EXPECT_EQ(run_rehearse({"report", report, "--format", "html"}).out,
              read_file(report.parent_path() / "report.html"));
    EXPECT_EQ(run_rehearse({"report", report}).out, run.out);
}

TEST_F(Commands, ASavedReportIsDrawnAsTheRunWas) {
    migration("1.sql", "SELECT 'secret', pg_sleep(0.2);\n");
    sandbox_.write("rehearse.toml", "mask-literals = true\nfail-on = \"noisy\"\n");
    const auto& run =
        rehearse_on(snapshot("shop.dump"), {"--out", "out", "--tool", "plain", "--noisy", "100ms"});
    EXPECT_EQ(run.exit_code, 1);
    const fs::path report = sandbox_.work() / "out" / "report.json";
    const auto drawn = [&](const Args& more) {
        return run_rehearse(Args{"report", report} + more).out;
    };
    const auto text = read_file(report.parent_path() / "report.md");
    EXPECT_THAT(text, HasSubstr("SELECT ?, pg_sleep(?)"));
    EXPECT_THAT(read_file(report.parent_path() / "report.html"), Not(HasSubstr("secret")));
    EXPECT_EQ(drawn({"--format", "markdown"}), text);
    EXPECT_THAT(drawn({"--format", "junit"}), HasSubstr("failures=\"1\""));
    EXPECT_THAT(drawn({"--format", "junit", "--fail-on", "rethink"}), HasSubstr("failures=\"0\""));

    sandbox_.write("rehearse.toml", "");
    EXPECT_THAT(drawn({"--format", "markdown"}), HasSubstr("'secret'"));
    EXPECT_EQ(drawn({"--format", "markdown", "--mask-literals"}), text);
}

// The server takes an address for a name with two dots, and says so.
TEST_F(Commands, ANameIsInTheCommentWhereItIsTheStatementsAndNotARows) {
    const fs::path dump = snapshot("shop.dump");
    const auto comment_on = [&](const std::string& sql) {
        migration("1.sql", sql);
        EXPECT_EQ(rehearse_on(dump, {"--out", "out", "--tool", "plain"}).exit_code, 1);
        return read_file(sandbox_.work() / "out" / "report.md");
    };
    const auto text = comment_on("UPDATE users SET phone = email::text::regclass;\n");
    EXPECT_THAT(text, HasSubstr("0A000 at line 1: cross-database references are not implemented"));
    EXPECT_THAT(text, Not(HasSubstr("person1@example")));
    EXPECT_THAT(comment_on("ALTER TABLE nothing ADD COLUMN a int;\n"),
                HasSubstr("42P01 at line 1: relation \"nothing\" does not exist"));
}

TEST_F(Commands, NothingPendingIsSaidAndNotGreen) {
    migration("1_init.up.sql", "SELECT 1;\n");
    migration("2_users.up.sql", "SELECT 1;\n");
    const auto& run = rehearse_on(snapshot("shop.dump"), {"--out", "out"});
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_THAT(run.out, HasSubstr("not run  nothing is pending\n"));
    EXPECT_THAT(read_file(sandbox_.work() / "out" / "report.md"),
                ::testing::StartsWith("**not run**: nothing is pending\n"));
}

// That is what a host knows them by.
TEST_F(Commands, MigrationsOfTheConfigFileHaveRelativePaths) {
    migration("1.sql", "SELECT 1;\n");
    sandbox_.write("rehearse.toml", "migrations = \"migrations\"\ntool = \"plain\"\nsnapshot = \"" +
                                        snapshot("shop.dump").string() + "\"\n");
    RunOptions below;
    below.working_dir = sandbox_.work() / "deep";
    fs::create_directories(below.working_dir);
    const auto path = [&](const RunOptions& options) {
        const auto args = Args{"run", "--format", "json"} + engine_under_test();
        return json::parse(run_rehearse(args, options).out)["migrations"][0]["path"];
    };
    EXPECT_EQ(path({}), "migrations/1.sql");
    EXPECT_EQ(path(below), "../migrations/1.sql");
}

TEST_F(Commands, PendingTellsWhatTheHistoryLacks) {
    migration("1_init.up.sql", "SELECT 1;\n");
    migration("2_users.up.sql", "SELECT 1;\n");
    migration("3_trial.up.sql", "SELECT 1;\n");
    const auto& run =
        run_rehearse(Args{"pending", "--snapshot", snapshot("shop.dump")} + engine_under_test());
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_THAT(run.out, HasSubstr("1 pending, 2 applied"));
    EXPECT_THAT(run.out, HasSubstr("schema_migrations"));
    EXPECT_THAT(run.out, HasSubstr("  3  trial"));
}

TEST_F(Commands, DoctorNamesWhatItFound) {
    const auto& run = run_rehearse({"doctor"});
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_THAT(run.out, HasSubstr("ready to rehearse"));
    EXPECT_THAT(run.out, HasSubstr("engine local: PostgreSQL 15"));
    EXPECT_THAT(run.out, HasSubstr("rclone (snapshots in a remote place): "));
}

TEST_F(Commands, AReportThatCannotBeWrittenIsADeliveryFault) {
    process::ProcessSpec spec;
    spec.program = "sh";
    spec.args = {"-c", "exec \"$0\" report --schema > /dev/full", REHEARSE_BINARY};
    const auto result = process::make_process_runner()->run(spec);
    EXPECT_EQ(result.exit_code, 6);
    EXPECT_THAT(result.err, HasSubstr("rehearse: error: cannot write to stdout: No space left"));
    EXPECT_THAT(result.err, HasSubstr("hint: Redirect it"));
}

TEST_F(Commands, TheConfigFileIsFoundUpwardAndTheCommandLineWins) {
    snapshot("shop.dump", "from_the_file.dump");
    const fs::path other = sandbox_.work() / "other";
    fs::create_directory(other);
    fs::copy(sandbox_.work() / "snapshots" / "from_the_file.dump", other / "from_the_line.dump");
    sandbox_.write("rehearse.toml", "snapshots = \"snapshots\"\n");
    RunOptions below;
    below.working_dir = sandbox_.work() / "deep" / "down";
    fs::create_directories(below.working_dir);
    EXPECT_THAT(run_rehearse({"snapshot", "list"}, below).out, HasSubstr("from_the_file.dump"));
    const auto& won = run_rehearse({"snapshot", "list", "--snapshots", other}, below);
    EXPECT_THAT(won.out, HasSubstr("from_the_line.dump"));
    EXPECT_THAT(won.out, Not(HasSubstr("from_the_file.dump")));
}

}  // namespace rehearse::test
