// What ends a run before its time. Compiled for the local engine and for docker.

#include "e2e/rehearse_test.hpp"

#include <sys/types.h>

#include <csignal>

namespace rehearse::test {

namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Ending : public RehearseTest {
  protected:
    // While a COPY of the restore does not come to its end.
    Outcome& signal_in_restore(int signal) {
        migration("1.sql", "SELECT 1;\n");
        RunOptions options;
        options.when_stderr_says = "restoring";
        options.then = [=, this](pid_t rehearse) {
            backend_that_runs("COPY");
            kill(rehearse, signal);
        };
        return rehearse_on(snapshot("stalling.dump"), {}, options);
    }

    // While the second migration's statement does not come to its end.
    Outcome& in_replay(const std::function<void(pid_t rehearse, pid_t backend)>& what) {
        migration("1.sql", "SELECT 1;\n");
        migration("2.sql", "SELECT pg_sleep(1000);\n");
        RunOptions options;
        options.when_stderr_says = "[1/2]";
        options.then = [=, this](pid_t rehearse) { what(rehearse, backend_that_runs("SELECT")); };
        return rehearse_on(snapshot("shop.dump"), {"--tool", "plain"}, options);
    }
};

}  // namespace

TEST_F(Ending, CtrlCInRestore) {
    const auto& run = signal_in_restore(SIGINT);
    EXPECT_EQ(run.exit_code, 130);
    EXPECT_THAT(run.out, IsEmpty());
    expect_stderr_only(run, {"rehearse: error: interrupted"});
}

TEST_F(Ending, CtrlCInReplay) {
    const auto& run = in_replay([](pid_t rehearse, pid_t) { kill(rehearse, SIGINT); });
    EXPECT_EQ(run.exit_code, 130);
    EXPECT_THAT(run.out, IsEmpty());
    expect_stderr_only(run, {"rehearse: error: interrupted"});
}

TEST_F(Ending, SigtermToTheWholeGroup) {
    const auto& run = in_replay([](pid_t rehearse, pid_t) { kill(-rehearse, SIGTERM); });
    EXPECT_EQ(run.exit_code, 130);
    EXPECT_THAT(run.out, IsEmpty());
    expect_stderr_only(run, {"rehearse: error: interrupted"});
}

TEST_F(Ending, TheServerIsKilledInAStatement) {
    // One killed backend takes the whole server through a restart, which the scratch does not
    // survive.
    const auto& run = in_replay([](pid_t, pid_t backend) { kill(backend, SIGKILL); });
    EXPECT_EQ(run.exit_code, 3);
    EXPECT_THAT(run.out, IsEmpty());
    expect_stderr_only(
        run, {"rehearse: error: the connection to the scratch server was lost", "  hint: "});
}

TEST_F(Ending, AStatementWithoutEndIsGivenUp) {
    migration("1.sql", "SELECT pg_sleep(1000);\n");
    migration("2.sql", "SELECT 1;\n");
    const auto& run = rehearse_on(snapshot("shop.dump"),
                                  {"--tool", "plain", "--give-up-after", "1s", "--format", "json"});
    EXPECT_EQ(run.exit_code, 1);
    const auto report = json::parse(run.out);
    EXPECT_THAT(labels_of(report), ElementsAre("rethink", "not_run"));
    EXPECT_EQ(report["migrations"][0]["statements"][0]["gave_up"], true);
    EXPECT_LT(report["migrations"][0]["elapsed_ms"], 30'000);
}

TEST_F(Ending, GcRemovesWhatAKilledRunLeft) {
    const auto& killed = in_replay([](pid_t rehearse, pid_t) { kill(rehearse, SIGKILL); });
    EXPECT_EQ(killed.exit_code, 128 + SIGKILL);
    ASSERT_EQ(sandbox_.run_ids().size(), 1U);
    const std::string run_id = *sandbox_.run_ids().begin();
    EXPECT_TRUE(fs::exists(sandbox_.temp() / ("rehearse-" + run_id)));

    const auto& gc = run_rehearse({"gc"});
    EXPECT_EQ(gc.exit_code, 0);
    EXPECT_THAT(gc.out, HasSubstr(run_id));

    const auto& again = run_rehearse({"gc"});
    EXPECT_THAT(again.out, IsEmpty());
    expect_stderr_only(again, {"nothing to remove"});
}

}  // namespace rehearse::test
