#include "e2e/take_command.hpp"

#include <fstream>

namespace rehearse::test {

namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

}  // namespace

TEST_F(TakeCommand, WhatItTakesIsRehearsedOn) {
    const auto& taken = run_rehearse(take_into("snapshots"));
    EXPECT_EQ(taken.exit_code, 0);
    EXPECT_THAT(taken.out, ContainsRegex("snapshots/test_[0-9]+-20.*Z  .*PostgreSQL .*test_"));
    const auto& verified = run_rehearse({"snapshot", "verify", "--snapshots", "snapshots"});
    EXPECT_EQ(verified.exit_code, 0);

    migration("1.sql",
              "DO $$ BEGIN\n"
              "  ASSERT (SELECT count(*) FROM users) = 1000;\n"
              "  ASSERT (SELECT tableowner FROM pg_tables WHERE tablename = 'users') = "
              "'take_owner';\n"
              "END $$;\n");
    const auto& run = run_rehearse(
        Args{"--snapshot", "latest", "--tool", "plain", "--format", "json"} + engine_under_test());
    EXPECT_EQ(run.exit_code, 0) << run.out;
    EXPECT_THAT(nlohmann::json::parse(run.out)["snapshot"]["name"].get<std::string>(),
                HasSubstr("test_"));
}

TEST_F(TakeCommand, VerifyTellsOfAChangedFile) {
    run_rehearse(take_into("snapshots") + Args{"--name", "week"});
    std::ofstream(sandbox_.work() / "snapshots/week/roles.sql", std::ios::in | std::ios::out)
        << "x";
    const auto& verified = run_rehearse({"snapshot", "verify", "--snapshots", "snapshots"});
    EXPECT_EQ(verified.exit_code, 4);
    expect_stderr_only(verified, {"rehearse: error: cannot use ",
                                  "week: roles.sql has another "
                                  "checksum"});
}

TEST_F(TakeCommand, VerifyIsNotContentWithAnOlderOne) {
    run_rehearse(take_into("snapshots") + Args{"--name", "one"});
    run_rehearse(take_into("snapshots") + Args{"--name", "two"});
    const fs::path two = sandbox_.work() / "snapshots/two";
    fs::remove(two / "roles.sql");
    // Else it would be taken for one that is still being copied.
    const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(48);
    for (const auto& entry : fs::recursive_directory_iterator(two))
        fs::last_write_time(entry, long_ago);
    fs::last_write_time(two, long_ago);
    const auto& verified = run_rehearse({"snapshot", "verify", "--snapshots", "snapshots"});
    EXPECT_EQ(verified.exit_code, 4);
    expect_stderr_only(verified, {"rehearse: error: the newest snapshot, two, cannot be used: "});
    EXPECT_EQ(run_rehearse({"snapshot", "verify", "one", "--snapshots", "snapshots"}).exit_code, 0);
}

TEST_F(TakeCommand, PruneKeepsTheNewest) {
    for (const char* name : {"week-1", "week-2", "week-3"})
        EXPECT_EQ(run_rehearse(take_into("snapshots") + Args{"--name", name}).exit_code, 0);
    snapshot("shop.dump");
    const auto& pruned =
        run_rehearse({"snapshot", "prune", "--snapshots", "snapshots", "--keep", "1"});
    EXPECT_EQ(pruned.exit_code, 0);
    EXPECT_THAT(pruned.out, HasSubstr("removed "));
    int left = 0;
    for (const auto& entry : fs::directory_iterator(sandbox_.work() / "snapshots"))
        left += entry.exists() ? 1 : 0;
    EXPECT_EQ(left, 2);
    EXPECT_TRUE(fs::exists(sandbox_.work() / "snapshots/week-3"));
    EXPECT_TRUE(fs::exists(sandbox_.work() / "snapshots/shop.dump"));
}

// pg_dump waits for a sequence that a transaction has dropped.
TEST_F(TakeCommand, CtrlCLeavesNothing) {
    run_sql("CREATE SEQUENCE numbers");
    const auto runner = process::make_process_runner();
    process::ProcessSpec psql;
    psql.program = "psql";
    psql.args = {"-Xqc", "BEGIN; DROP SEQUENCE numbers; SELECT pg_sleep(300)"};
    psql.env = {
        {"PGHOST", production().address().host}, {"PGUSER", "postgres"}, {"PGDATABASE", database_}};
    const auto holder = runner->start(psql, sandbox_.work() / "psql.log", SIGKILL);
    const auto count = [&](const std::string& where) {
        return production()
            .run_client("psql", {"-XAtqc", "SELECT count(*) FROM pg_stat_activity WHERE " + where},
                        database_)
            .out;
    };
    while (count("wait_event = 'PgSleep'") != "1\n") {
    }
    RunOptions interrupted;
    interrupted.when_stderr_says = "dumping ";
    interrupted.then = [](pid_t pid) { kill(pid, SIGINT); };
    const auto& run = run_rehearse(take_into("snapshots"), interrupted);
    EXPECT_EQ(run.exit_code, 130);
    expect_stderr_only(run, {"rehearse: error: interrupted"});
    EXPECT_TRUE(fs::is_empty(sandbox_.work() / "snapshots"));
    EXPECT_EQ(count("application_name = 'rehearse snapshot'"), "0\n");
}

}  // namespace rehearse::test
