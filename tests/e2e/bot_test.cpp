#include "e2e/publish_hosts.hpp"
#include "e2e/rehearse_test.hpp"
#include "support/git.hpp"

#include <csignal>

// ci/bot/rehearse-change, as the workflow files call it: in a checkout of the target branch.
namespace rehearse::test {

namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Bot : public RehearseTest {
  protected:
    void SetUp() override {
        RehearseTest::SetUp();
        dumps_ = snapshot("shop.dump").parent_path();
        git_.run({"init", "-q", "-b", "main"});
        sandbox_.write(".gitignore", "/snapshots\n/event.json\n/values.json\n/out\n/masked.toml\n");
        migration("1_a.sql", "SELECT 1;\n");
        git_.commit("target");
        git_.run({"checkout", "-q", "-b", "change"});
    }

    Outcome& rehearse_change(const Args& more = {},
                             const std::map<std::string, std::string>& env = {}) {
        const auto head = commit_change();
        RunOptions options = when_;
        options.program = REHEARSE_SOURCE_DIR "/ci/bot/rehearse-change";
        options.env = environment_of_job(head);
        options.env["OUT"] = sandbox_.work() / "out";
        options.env["GITHUB_TOKEN"] = "secret-token";
        for (const auto& [name, value] : env) options.env[name] = value;
        return run_rehearse(Args{"github", head, "migrations", "--snapshots", dumps_.string()} +
                                engine_under_test() + more,
                            options);
    }

    // Its commit; the target branch is what is checked out.
    std::string commit_change() {
        auto head = git_.commit("change");
        git_.run({"checkout", "-q", "main"});
        return head;
    }

    // What GitHub's runner sets.
    std::map<std::string, std::string> environment_of_job(const std::string& head) {
        return {{"REHEARSE", REHEARSE_BINARY},
                {"GITHUB_REPOSITORY", "acme/shop"},
                {"GITHUB_API_URL", hosts_.url()},
                {"GITHUB_STEP_SUMMARY", ""},
                {"GITHUB_EVENT_PATH",
                 sandbox_.write(
                     "event.json",
                     json{{"pull_request", {{"number", 12}, {"head", {{"sha", head}}}}}}.dump())}};
    }

    RunOptions when_;
    const FakeHosts hosts_{Scenario{}};
    const Git git_{sandbox_.work()};
    fs::path dumps_;
};

// As a runner does it: SIGINT to the job's shell, and SIGTERM some seconds later.
class BotIsCancelled : public Bot, public testing::WithParamInterface<int> {};

class BotMasks : public Bot, public testing::WithParamInterface<Args> {};

}  // namespace

TEST_F(Bot, CommentsWhatTheChangeAddsAndNothingOfItsOwnRuns) {
    migration("2_b.sql", "CREATE INDEX users_phone ON users (phone);\n");
    sandbox_.write("rehearse.toml", "tool = \"nosuch\"\n");
    const auto& run = rehearse_change();
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.out, HasSubstr("comment written\n"));
    const auto comments = hosts_.state()["comments"];
    ASSERT_EQ(comments.size(), 1U);
    EXPECT_THAT(comments[0].get<std::string>(),
                AllOf(HasSubstr("`2 b`"), HasSubstr("**ok**: 1 migration in ")));
    EXPECT_TRUE(fs::exists(sandbox_.work() / "out" / "report.json"));
}

TEST_F(Bot, AFailureIsCommentedAndFailsTheJob) {
    migration("2_b.sql", "SELECT 1/0;\n");
    const auto& run = rehearse_change();
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_THAT(run.out, HasSubstr("status 'rehearse': failed"));
    EXPECT_EQ(hosts_.state()["comments"].size(), 1U);
}

// Many can read a job's log, and whoever reads the request its comment.
TEST_F(Bot, NoRowIsInTheJobsLogAndNoLiteralInTheCommentWhereAsked) {
    migration("2_b.sql", "SELECT email::integer FROM users WHERE phone <> 'a secret literal';\n");
    const auto& run = rehearse_change({"--mask-literals", "--fail-on", "never"});
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_THAT(run.out, AllOf(HasSubstr("22P02"), Not(HasSubstr("@example"))));
    EXPECT_THAT(run.out, HasSubstr("status 'rehearse': passed"));
    EXPECT_THAT(hosts_.state()["comments"][0].get<std::string>(),
                AllOf(HasSubstr("22P02"), Not(HasSubstr("secret literal"))));
}

TEST_F(Bot, TheRunnerObeysNoMigrationAndTheScratchKnowsNoToken) {
    migration("2_b.sql",
              "DO $$ BEGIN\n"
              "IF position('secret-token'::bytea IN "
              "pg_read_binary_file('/proc/self/environ')) > 0 THEN\n"
              "  RAISE EXCEPTION 'the token is readable';\n"
              "END IF;\n"
              "END $$;\n");
    const auto& run = rehearse_change({}, {{"GITHUB_ACTIONS", "true"}});
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_THAT(run.out, HasSubstr("status 'rehearse': passed"));
    const std::string start = "::stop-commands::";
    ASSERT_THAT(run.out, ::testing::StartsWith(start));
    const auto word = run.out.substr(start.size(), run.out.find('\n') - start.size());
    EXPECT_EQ(word.size(), 32U);
    EXPECT_THAT(run.out, ::testing::EndsWith("::" + word + "::\n"));
}

TEST_F(Bot, WhatCouldNotBeRehearsedIsNotPublished) {
    migration("2_b.sql", "SELECT 1;\n");
    const auto& run = rehearse_change({"--snapshot", "latest~7"});
    EXPECT_EQ(run.exit_code, 4);
    expect_stderr_only(run, {"rehearse: error: ", "hint: "});
    EXPECT_EQ(hosts_.state()["comments"].size(), 0U);
}

TEST_P(BotIsCancelled, AndLeavesNothing) {
    migration("2_b.sql", "SELECT 1;\n");
    migration("3_c.sql", "SELECT pg_sleep(1000);\n");
    when_.when_stderr_says = "[1/2]";
    when_.then = [this](pid_t shell) {
        backend_that_runs("SELECT");
        kill(shell, GetParam());
    };
    const auto& run = rehearse_change();
    EXPECT_EQ(run.exit_code, 130) << run.err;
    expect_stderr_only(run, {"rehearse: error: interrupted"});
    EXPECT_EQ(hosts_.state()["comments"].size(), 0U);
}

INSTANTIATE_TEST_SUITE_P(By, BotIsCancelled, testing::Values(SIGINT, SIGTERM));

// The steps of action.yml, one after the other.
TEST_F(Bot, TheActionDoesWhatItSays) {
    migration("2_b.sql", "SELECT 1/0;\n");
    const auto head = commit_change();
    git_.run({"remote", "add", "origin", sandbox_.work()});
    RunOptions options;
    options.program = REHEARSE_SOURCE_DIR "/tests/support/run_job.py";
    options.env = environment_of_job(head);
    const auto values =
        sandbox_.write("values.json", json{{"inputs.migrations", "migrations"},
                                           {"inputs.snapshots", dumps_},
                                           {"inputs.engine", "local"},
                                           {"inputs.rehearse", REHEARSE_BINARY},
                                           {"inputs.options", "--fail-on never\n--noisy 10s"},
                                           {"github.event.pull_request.head.sha", head},
                                           {"github.token", "secret-token"},
                                           {"runner.temp", sandbox_.work()}}
                                          .dump());
    const auto& run =
        run_rehearse({"github", REHEARSE_SOURCE_DIR "/ci/github/action.yml", values}, options);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_THAT(run.out, HasSubstr("status 'rehearse': passed"));
    EXPECT_THAT(hosts_.state()["comments"][0].get<std::string>(), HasSubstr("22012"));
    EXPECT_TRUE(fs::exists(sandbox_.work() / "rehearse-report/report.json"));
    expect_stderr_only(run, {""});
}

// Its script, where the target branch has ci/bot. The template's engine is docker, ours here not.
TEST_F(Bot, TheGitlabJobDoesWhatItSays) {
    git_.run({"checkout", "-q", "main"});
    fs::create_directory(sandbox_.work() / "ci");
    fs::copy(REHEARSE_SOURCE_DIR "/ci/bot", sandbox_.work() / "ci/bot");
    const auto wrapper = sandbox_.write(
        "ci/rehearse", "#!/bin/bash\nexec " REHEARSE_BINARY " \"${@/#docker/local}\"\n");
    fs::permissions(wrapper, fs::perms::owner_all);
    git_.commit("the bot");
    git_.run({"checkout", "-q", "change"});
    git_.run({"merge", "-q", "main"});
    migration("2_b.sql", "SELECT 1/0;\n");
    const auto head = commit_change();
    git_.run({"remote", "add", "origin", sandbox_.work()});
    git_.run({"checkout", "-q", "change"});
    RunOptions options;
    options.program = REHEARSE_SOURCE_DIR "/tests/support/run_job.py";
    const auto values =
        sandbox_.write("values.json", json{{"MIGRATIONS", "migrations"},
                                           {"SNAPSHOTS", dumps_},
                                           {"OUT", sandbox_.work() / "out"},
                                           {"REHEARSE", wrapper},
                                           {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"},
                                           {"CI_COMMIT_SHA", head},
                                           {"CI_PROJECT_ID", "7"},
                                           {"CI_MERGE_REQUEST_IID", "12"},
                                           {"CI_API_V4_URL", hosts_.url() + "/api/v4"},
                                           {"GITLAB_TOKEN", "secret-token"}}
                                          .dump());
    const auto& run = run_rehearse(
        {"gitlab", REHEARSE_SOURCE_DIR "/ci/gitlab/rehearse.gitlab-ci.yml", values, "rehearse"},
        options);
    EXPECT_EQ(run.exit_code, 1) << run.err;
    EXPECT_THAT(run.out, HasSubstr("status 'rehearse': failed"));
    EXPECT_TRUE(fs::exists(sandbox_.work() / "out/report.md"));
    expect_stderr_only(run, {""});
}

TEST_P(BotMasks, TheCommentWhereverItsOptionStands) {
    migration("2_b.sql", "SELECT 1 / 0 WHERE 'a secret literal' <> '';\n");
    sandbox_.write("masked.toml", "mask-literals = true\n");
    const auto& run = rehearse_change(GetParam());
    EXPECT_EQ(run.exit_code, 1) << run.err;
    EXPECT_THAT(hosts_.state()["comments"][0].get<std::string>(),
                AllOf(HasSubstr("WHERE ? <> ?"), Not(HasSubstr("secret literal"))));
}

INSTANTIATE_TEST_SUITE_P(Of, BotMasks,
                         testing::Values(Args{"--mask-literals=true"},
                                         Args{"--config", "masked.toml"},
                                         Args{"--config=masked.toml"}));

}  // namespace rehearse::test
