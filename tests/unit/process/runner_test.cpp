// What only the real runner can show.

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/interrupt.hpp"
#include "rehearse/process/process.hpp"

#include "support/processes.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <thread>

namespace rehearse::process {
namespace {

using testing::HasSubstr;

class Processes : public testing::Test {
  protected:
    ~Processes() override { Interrupt::reset(); }

    static ProcessSpec script(const std::string& text) {
        ProcessSpec spec;
        spec.program = "sh";
        spec.args = {"-c", text};
        return spec;
    }

    std::unique_ptr<ProcessRunner> runner_ = make_process_runner();
    TempDir folder_{default_temp_folder(), "rehearse-runner-test-" + std::to_string(getpid())};
};

TEST_F(Processes, MuchOutputOnBothStreamsAtOnceDoesNotBlock) {
    const auto result =
        runner_->run(script("yes out | head -c 700000 & yes err | head -c 700000 >&2; wait"));
    EXPECT_EQ(result.out.size(), 700'000U);
    EXPECT_EQ(result.err.size(), 700'000U);
}

TEST_F(Processes, InputAndOutputLargerThanThePipeBufferAtOnce) {
    auto spec = script("cat");
    spec.stdin_text = std::string(900'000, 'x');
    EXPECT_EQ(runner_->run(spec).out, spec.stdin_text);
}

TEST_F(Processes, AProgramMayLeaveItsInputUnread) {
    auto spec = script("exit 4");
    spec.stdin_text = std::string(900'000, 'x');
    EXPECT_EQ(runner_->run(spec).exit_code, 4);
}

TEST_F(Processes, WithoutInputItReadsAnEmptyStdin) {
    EXPECT_EQ(runner_->run(script("wc -c")).out, "0\n");
}

TEST_F(Processes, ATimeoutEndsGrandchildrenThatIgnoreSigterm) {
    auto spec = script("sh -c 'trap \"\" TERM; echo $$; while :; do sleep 600; done' & wait");
    std::string grandchild;
    spec.on_stdout_line = [&](const std::string& line) { grandchild = line; };
    spec.timeout = Millis(200);
    const auto result = runner_->run(spec);
    EXPECT_TRUE(result.timed_out);
    EXPECT_EQ(result.signal, SIGTERM);
    ASSERT_NE(grandchild, "");
    EXPECT_TRUE(test::ends_soon(std::stoi(grandchild)));
}

TEST_F(Processes, WhatItLeavesBehindDoesNotHoldUsUp) {
    // The grandchild keeps our end of stdout open for as long as it lives.
    const auto result = runner_->run(script("sleep 600 & echo $!"));
    EXPECT_TRUE(result.ok());
    EXPECT_LT(result.elapsed, std::chrono::seconds(60));
    const pid_t left_behind = std::stoi(result.out);
    EXPECT_EQ(kill(left_behind, SIGKILL), 0);
}

TEST_F(Processes, AnInterruptEndsTheProgramAndThrows) {
    Interrupt::install();
    auto spec = script("echo $$; exec sleep 600");
    std::string pid;
    spec.on_stdout_line = [&](const std::string& line) {
        pid = line;
        Interrupt::request();
    };
    try {
        runner_->run(spec);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::interrupted);
    }
    EXPECT_TRUE(test::ends_soon(std::stoi(pid)));
}

TEST_F(Processes, AnExceptionOfTheSourceEndsTheProgram) {
    auto spec = script("echo $$ > \"$0\"; cat; exec sleep 600");
    const fs::path pid_file = folder_.path() / "pid";
    spec.args.push_back(pid_file);
    bool first = true;
    spec.stdin_source = [&](std::span<char> buffer) -> std::size_t {
        if (!std::exchange(first, false)) throw Error(ErrorKind::snapshot, "damaged");
        buffer[0] = 'x';
        return 1;
    };
    EXPECT_THROW(runner_->run(spec), Error);
    if (fs::exists(pid_file) && !read_file(pid_file).empty()) {
        EXPECT_TRUE(test::ends_soon(std::stoi(read_file(pid_file))));
    }
}

TEST_F(Processes, DiesWithAParentThatIsKilled) {
    int out[2];
    ASSERT_EQ(pipe(out), 0);
    const std::string log = folder_.path() / "log";
    const pid_t parent = fork();
    if (parent == 0) {
        dup2(out[1], 1);
        execl(PROCESS_PARENT, PROCESS_PARENT, log.c_str(), nullptr);
        _exit(127);
    }
    close(out[1]);
    char text[32] = {};
    ASSERT_GT(read(out[0], text, sizeof text - 1), 0);
    close(out[0]);
    const pid_t child = std::stoi(text);
    ASSERT_EQ(kill(child, 0), 0);
    kill(parent, SIGKILL);
    waitpid(parent, nullptr, 0);
    EXPECT_TRUE(test::ends_soon(child));
}

TEST_F(Processes, ARunningProgramEndsWithItsObject) {
    auto running = runner_->start(script("trap '' TERM; echo up; exec sleep 600"),
                                  folder_.path() / "log", SIGKILL);
    const pid_t pid = running->pid();
    running.reset();
    EXPECT_NE(kill(pid, 0), 0);
}

TEST_F(Processes, GivesEnvironmentAndWorkingFolder) {
    auto spec = script("echo \"$REHEARSE_TEST:$HOME\"; pwd");
    spec.env = {{"REHEARSE_TEST", "a b"}};
    spec.working_dir = folder_.path();
    const char* home = std::getenv("HOME");
    EXPECT_EQ(runner_->run(spec).out, "a b:" + std::string(home == nullptr ? "" : home) + "\n" +
                                          fs::canonical(folder_.path()).string() + "\n");
}

TEST_F(Processes, TakesNamesOutOfTheEnvironment) {
    setenv("REHEARSE_GONE_A", "1", 1);
    setenv("REHEARSE_GONE_B", "2", 1);
    setenv("REHEARSE_STAYS", "3", 1);
    auto spec =
        script("echo \"$REHEARSE_GONE_A|$REHEARSE_GONE_B|$REHEARSE_STAYS|$REHEARSE_GONE_C\"");
    spec.env_removed = {"REHEARSE_GONE*"};
    spec.env = {{"REHEARSE_GONE_C", "given"}};
    EXPECT_EQ(runner_->run(spec).out, "||3|given\n");
    spec.env_removed = {"REHEARSE_GONE_A"};
    EXPECT_EQ(runner_->run(spec).out, "|2|3|given\n");
}

TEST_F(Processes, TheInputOfARunningProgramEndsWithItsObject) {
    const fs::path done = folder_.path() / "done";
    ASSERT_EQ(mkfifo(done.c_str(), 0600), 0);
    // In a session of its own: the destructor's SIGKILL does not reach it.
    auto spec = script("setsid sh -c 'cat; echo end >\"$0\"' \"$0\" <&0 & wait");
    spec.args.push_back(done);
    auto running = runner_->start(spec, folder_.path() / "log", 0);
    EXPECT_FALSE(running->wait(Millis(20)));
    running.reset();
    EXPECT_EQ(read_file(done), "end\n");
}

TEST_F(Processes, ARunningProgramCanBeLeftRunning) {
    auto running = runner_->start(script("exec sleep 600"), folder_.path() / "log", 0);
    const pid_t pid = running->pid();
    running->leave_running();
    running.reset();
    EXPECT_EQ(kill(pid, SIGKILL), 0);
    EXPECT_EQ(waitpid(pid, nullptr, 0), pid);
}

TEST_F(Processes, HandsOnNothingOfOurs) {
    const int leaked = open("/dev/null", O_RDONLY);  // without O_CLOEXEC, as a library might
    ASSERT_GE(leaked, 3);
    const auto result =
        runner_->run(script("ls /proc/self/fd; exec grep -E 'Sig(Blk|Ign)' /proc/self/status"));
    close(leaked);
    // 3 is ls's own.
    EXPECT_THAT(result.out, HasSubstr("0\n1\n2\n3\nSig"));
    EXPECT_THAT(result.out, HasSubstr("SigBlk:\t0000000000000000"));
    EXPECT_THAT(result.out, HasSubstr("SigIgn:\t0000000000000000"));
}

TEST_F(Processes, RunsAsAnotherUserWithoutOurGroups) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can change to another user";
    auto spec = script("id -u; id -G");
    spec.run_as = RunAs{65534, 65534};
    EXPECT_EQ(runner_->run(spec).out, "65534\n65534\n");
}

TEST_F(Processes, IsolatedThereIsOnlyLoopback) {
    auto spec =
        script("tail -n +3 /proc/net/dev | cut -d: -f1; cat /proc/net/route | wc -l; id -u");
    spec.isolated = true;
    try {
        const auto result = runner_->run(spec);
        // /proc/net/route keeps its header line.
        EXPECT_EQ(result.out, "    lo\n1\n" + std::to_string(geteuid()) + "\n");
    } catch (const Error& error) {
        GTEST_SKIP() << "the system refuses network namespaces: " << error.message();
    }
}

TEST_F(Processes, IsolatedSharedMemoryGoesWithItsProcesses) {
    const std::string name = "/dev/shm/rehearse-test-" + std::to_string(getpid());
    auto spec = script("touch " + name + " && ls " + name + " && stat -L -c %i /proc/self/ns/ipc");
    spec.isolated = true;
    try {
        const auto result = runner_->run(spec);
        EXPECT_THAT(result.out, testing::StartsWith(name + "\n")) << result.err;
        const auto ours = runner_->run(script("stat -L -c %i /proc/self/ns/ipc"));
        EXPECT_THAT(result.out, testing::Not(HasSubstr(ours.out)));
        EXPECT_FALSE(fs::exists(name));
    } catch (const Error& error) {
        GTEST_SKIP() << "the system refuses namespaces: " << error.message();
    }
}

TEST_F(Processes, WhatCannotBeStartedSaysWhyAndLeavesNoZombie) {
    const fs::path no_program = folder_.path() / "no-program";
    write_file_atomically(no_program,
                          "\x7f"
                          "ELF but not really\n");
    fs::permissions(no_program, fs::perms::owner_all);
    ProcessSpec spec;
    spec.program = no_program;
    try {
        runner_->run(spec);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_THAT(error.message(), HasSubstr("Exec format error"));
    }
    spec = script("true");
    spec.working_dir = folder_.path() / "missing";
    try {
        runner_->run(spec);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_THAT(error.message(),
                    HasSubstr("cannot enter the working folder of sh: No such file"));
    }
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
}

TEST_F(Processes, RunsFromSeveralThreadsAtOnce) {
    std::vector<std::jthread> threads;
    std::array<std::size_t, 4> sizes{};
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        threads.emplace_back([&, i] {
            for (int round = 0; round < 10; ++round) {
                auto spec = script("cat");
                spec.stdin_text = std::string(100'000, 'x');
                sizes[i] += make_process_runner()->run(spec).out.size();
            }
        });
    }
    threads.clear();
    EXPECT_THAT(sizes, testing::Each(1'000'000U));
}

}  // namespace
}  // namespace rehearse::process
