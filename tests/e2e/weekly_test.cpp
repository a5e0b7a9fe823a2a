#include "e2e/publish_hosts.hpp"
#include "e2e/rehearse_test.hpp"

namespace rehearse::test {

namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

RunOptions telling(const std::string& webhook) {
    RunOptions options;
    options.env = {{"REHEARSE_WEBHOOK", webhook}};
    return options;
}

class Weekly : public RehearseTest {
  protected:
    Outcome& weekly(const Args& more = {}) {
        return run_rehearse(Args{"weekly", "--snapshots", (sandbox_.work() / "snapshots").string(),
                                 "--migrations", (sandbox_.work() / "migrations").string()} +
                                engine_under_test() + more,
                            telling(hosts_->url() + "/hooks/secret-part"));
    }
    // What the channel was told so far.
    std::vector<std::string> notices() const {
        std::vector<std::string> texts;
        for (const auto& request : hosts_->log()) texts.push_back(request["body"]["text"]);
        return texts;
    }

    void refuse_notices() {
        Scenario scenario;
        scenario.faults = R"([{"method": "POST", "path": "^/hooks/", "status": 404, "times": 9}])";
        hosts_ = std::make_unique<FakeHosts>(scenario);
    }

    std::unique_ptr<FakeHosts> hosts_ = std::make_unique<FakeHosts>(Scenario{});
};

TEST_F(Weekly, TellsWhatChangedAndNothingElse) {
    snapshot("shop.dump");
    migration("1_a.sql", "CREATE INDEX users_phone ON users (phone);\n");
    const auto& first = weekly();
    EXPECT_EQ(first.exit_code, 0);
    EXPECT_EQ(first.out, "");
    EXPECT_THAT(notices(), testing::IsEmpty());

    // The same migration takes longer than is allowed now.
    const auto& second = weekly({"--noisy", "0.001ms", "--rethink", "0.002ms"});
    EXPECT_EQ(second.exit_code, 1);
    EXPECT_THAT(second.out, HasSubstr("1 a: ok -> rethink since "));
    ASSERT_EQ(notices().size(), 1U);
    EXPECT_THAT(notices()[0], AllOf(HasSubstr("1 a: ok -&gt; rethink since "),
                                    HasSubstr("report.html"), Not(HasSubstr("secret"))));

    const auto& third = weekly({"--noisy", "0.001ms", "--rethink", "0.002ms"});
    EXPECT_EQ(third.exit_code, 0);
    EXPECT_EQ(third.out, "");
    EXPECT_EQ(notices().size(), 1U);
}

TEST_F(Weekly, ANewFailureIsToldWithoutTheRowsValues) {
    snapshot("shop.dump");
    migration("1_a.sql", "SELECT 'ada@example.org'::integer;\n");
    const auto& run = weekly();
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_THAT(run.out, AllOf(HasSubstr("1 a: failed, 22P02 at line 1"), Not(HasSubstr("ada@"))));
    ASSERT_EQ(notices().size(), 1U);
    EXPECT_THAT(notices()[0], Not(HasSubstr("ada@example.org")));
}

TEST_F(Weekly, TellsThatNothingCouldBeRehearsed) {
    fs::create_directory(sandbox_.work() / "snapshots");
    migration("1_a.sql", "SELECT 1;\n");
    const auto& run = weekly();
    EXPECT_EQ(run.exit_code, 4);
    expect_stderr_only(run, {"rehearse: error: no ", "hint: "});
    EXPECT_THAT(run.out, HasSubstr("nothing was rehearsed: the snapshot could not be found"));
    ASSERT_EQ(notices().size(), 1U);
    EXPECT_THAT(notices()[0], HasSubstr("nothing was rehearsed: "));
}

TEST_F(Weekly, KeepsTheNewestReports) {
    snapshot("shop.dump");
    migration("1_a.sql", "SELECT 1;\n");
    weekly({"--keep-runs", "1"});
    const auto& second = weekly({"--keep-runs", "1"});
    expect_stderr_only(second, {"removed the old run "});
    const fs::path runs = sandbox_.state() / "rehearse" / "runs";
    EXPECT_EQ(std::distance(fs::directory_iterator(runs), fs::directory_iterator{}), 1);
}

TEST_F(Weekly, TwoAtOnceAreOne) {
    snapshot("shop.dump");
    migration("1_a.sql", "SELECT 1;\n");
    const fs::path state = sandbox_.state() / "rehearse";
    make_private_folder(state);
    const auto lock = FileLock::try_lock(state / "weekly.lock");
    ASSERT_TRUE(lock);
    const auto& run = weekly();
    EXPECT_EQ(run.exit_code, 2);
    expect_stderr_only(run, {"rehearse: error: another weekly job is running", "hint: Wait"});
    EXPECT_THAT(notices(),
                testing::ElementsAre(HasSubstr("nothing was rehearsed: another weekly")));
}

TEST_F(Weekly, ANoticeThatIsNotTakenIsExitCode6AndTheReportStays) {
    refuse_notices();
    snapshot("shop.dump");
    migration("1_a.sql", "SELECT 1/0;\n");
    const auto& run = weekly();
    EXPECT_EQ(run.exit_code, 6);
    expect_stderr_only(run, {"rehearse: error: the webhook did not take the notice: HTTP 404",
                             "hint: Look at whether the address"});
    EXPECT_THAT(run.err, Not(HasSubstr("secret")));
    EXPECT_EQ(run.out, "1 a: failed, 22012 at line 1: division by zero\n");
    EXPECT_THAT(run_rehearse({"history"}).out, HasSubstr("failed"));

    // What the channel has not heard of is told again.
    hosts_ = std::make_unique<FakeHosts>(Scenario{});
    EXPECT_EQ(weekly().exit_code, 1);
    EXPECT_THAT(notices(), testing::ElementsAre(HasSubstr("1 a: failed, 22012 at line 1")));
}

TEST_F(Weekly, ComparesWithTheLastWeeklyRunAndNotWithOneOfAPullRequest) {
    snapshot("shop.dump");
    migration("1_a.sql", "CREATE INDEX users_phone ON users (phone);\n");
    EXPECT_EQ(weekly().exit_code, 0);
    run_rehearse(Args{"run", "--snapshots", (sandbox_.work() / "snapshots").string(),
                      "--migrations", (sandbox_.work() / "migrations").string(), "--noisy",
                      "0.001ms", "--rethink", "0.002ms"} +
                 engine_under_test());
    EXPECT_THAT(weekly({"--noisy", "0.001ms", "--rethink", "0.002ms"}).out,
                HasSubstr("1 a: ok -> rethink since "));
}

TEST_F(Weekly, AHistoryThatIsDamagedIsToldToTheTeam) {
    snapshot("shop.dump");
    migration("1_a.sql", "SELECT 1;\n");
    const fs::path state = sandbox_.state() / "rehearse";
    make_private_folder(state);
    write_file_atomically(state / "history.sqlite", std::string(8'192, 'x'));
    const auto& run = weekly();
    EXPECT_EQ(run.exit_code, 1);
    expect_stderr_only(run, {"warning: this run is not in the history: ", "hint: Move it away",
                             "warning: what was told before is not known: the history ",
                             "warning: the next weekly run will tell the same again: "});
    EXPECT_THAT(run.out, HasSubstr("what was told before is not known: the history "));
    ASSERT_EQ(notices().size(), 1U);
    EXPECT_THAT(notices()[0], HasSubstr("history.sqlite is damaged: "));
}

TEST_F(Weekly, WhatWouldMakeItForgetIsRefused) {
    migration("1_a.sql", "SELECT 1;\n");
    for (const auto* option : {"--no-history", "--keep-scratch"}) {
        const auto& run = weekly({option});
        EXPECT_EQ(run.exit_code, 2);
        expect_stderr_only(
            run, {"rehearse: error: the weekly job ", "hint: Leave out " + std::string{option}});
    }
}

TEST_F(Weekly, AWrongAddressIsRefusedBeforeAnythingRuns) {
    migration("1_a.sql", "SELECT 1;\n");
    const auto& run = run_rehearse({"weekly"}, telling("no-address-secret"));
    EXPECT_EQ(run.exit_code, 2);
    expect_stderr_only(run, {"rehearse: error: the webhook is no http address", "hint: "});
    EXPECT_THAT(run.err, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace rehearse::test
