// The real runner and the fake behave the same: each case tells the fake what the shell script
// does.

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/interrupt.hpp"
#include "rehearse/process/process.hpp"

#include "support/fake_processes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <string>

namespace rehearse::process {
namespace {

using testing::ElementsAre;

class ProcessContract : public testing::TestWithParam<bool> {
  protected:
    ~ProcessContract() override { Interrupt::reset(); }

    // The script for `sh -c`, and the same told to the fake.
    ProcessSpec script(const std::string& text,
                       const std::function<void(test::FakeProgram&)>& same) {
        same(fake_.when("sh", {"-c", text}));
        ProcessSpec spec;
        spec.program = "sh";
        spec.args = {"-c", text};
        return spec;
    }

    ProcessRunner& runner() { return is_real() ? *real_ : static_cast<ProcessRunner&>(fake_); }
    static bool is_real() { return GetParam(); }

    std::unique_ptr<ProcessRunner> real_ = make_process_runner();
    test::FakeProcesses fake_;
    TempDir folder_{default_temp_folder(), "rehearse-process-test-" + std::to_string(getpid())};
};

TEST_P(ProcessContract, KeepsBothStreamsApart) {
    const auto spec = script("echo to out; echo to err >&2",
                             [](auto& fake) { fake.prints("to out\n").complains("to err\n"); });
    const auto result = runner().run(spec);
    EXPECT_TRUE(result.ok());
    EXPECT_EQ(result.out, "to out\n");
    EXPECT_EQ(result.err, "to err\n");
}

TEST_P(ProcessContract, ANonZeroExitIsAResultWithItsOutput) {
    const auto spec = script("echo half; echo broken >&2; exit 3", [](auto& fake) {
        fake.prints("half\n").complains("broken\n").exits(3);
    });
    const auto result = runner().run(spec);
    EXPECT_FALSE(result.ok());
    EXPECT_EQ(result.exit_code, 3);
    EXPECT_EQ(result.signal, 0);
    EXPECT_EQ(result.out, "half\n");
    EXPECT_EQ(result.err, "broken\n");
}

TEST_P(ProcessContract, ASignalIsToldApartFromAnExitCode) {
    const auto spec = script("kill -KILL $$", [](auto& fake) { fake.dies_of(SIGKILL); });
    const auto result = runner().run(spec);
    EXPECT_EQ(result.signal, SIGKILL);
    EXPECT_EQ(result.exit_code, 128 + SIGKILL);
    EXPECT_FALSE(result.timed_out);
}

TEST_P(ProcessContract, OverItsTimeItIsEndedAndSaysSo) {
    auto spec = script("exec sleep 600", [](auto& fake) { fake.times_out(); });
    spec.timeout = Millis(50);
    const auto result = runner().run(spec);
    EXPECT_TRUE(result.timed_out);
    EXPECT_EQ(result.signal, SIGTERM);
    EXPECT_FALSE(result.ok());
}

TEST_P(ProcessContract, HandsOnWholeLinesAndTheUnfinishedLast) {
    auto spec = script("printf 'one\\ntwo\\n\\nlast'; printf 'e1\\ne2\\n' >&2",
                       [](auto& fake) { fake.prints("one\ntwo\n\nlast").complains("e1\ne2\n"); });
    std::vector<std::string> out;
    std::vector<std::string> err;
    spec.on_stdout_line = [&](const std::string& line) { out.push_back(line); };
    spec.on_stderr_line = [&](const std::string& line) { err.push_back(line); };
    const auto result = runner().run(spec);
    EXPECT_THAT(out, ElementsAre("one", "two", "", "last"));
    EXPECT_THAT(err, ElementsAre("e1", "e2"));
    EXPECT_EQ(result.out, "one\ntwo\n\nlast");
}

TEST_P(ProcessContract, WritesStdoutToAPrivateFile) {
    auto spec = script("echo secret rows", [](auto& fake) { fake.prints("secret rows\n"); });
    spec.stdout_file = folder_.path() / "rows";
    const auto result = runner().run(spec);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(read_file(spec.stdout_file), "secret rows\n");
    struct stat facts {};
    ASSERT_EQ(stat(spec.stdout_file.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_P(ProcessContract, AsksTheSourceForInputUntilItEnds) {
    auto spec = script("wc -c", [](auto& fake) { fake.prints("300000\n"); });
    std::size_t left = 300'000;  // several pipe buffers
    spec.stdin_source = [&](std::span<char> buffer) {
        const std::size_t count = std::min(left, buffer.size());
        std::fill_n(buffer.begin(), count, 'x');
        left -= count;
        return count;
    };
    spec.stdin_text = "loses against the source";
    const auto result = runner().run(spec);
    EXPECT_EQ(result.out, "300000\n");
    EXPECT_EQ(left, 0U);
    if (!is_real()) {
        EXPECT_EQ(fake_.calls().front().input.size(), 300'000U);
    }
}

TEST_P(ProcessContract, KeepsTheEndOfALongOutput) {
    auto spec = script("seq 1 20000", [](auto& fake) {
        std::string numbers;
        for (int i = 1; i <= 20'000; ++i) numbers += std::to_string(i) + "\n";
        fake.prints(numbers);
    });
    spec.keep_output_bytes = 12;
    EXPECT_EQ(runner().run(spec).out, "19999\n20000\n");
}

TEST_P(ProcessContract, AMissingProgramIsAnErrorWithAHint) {
    fake_.when("rehearse-no-such-program").is_missing();
    ProcessSpec spec;
    spec.program = "rehearse-no-such-program";
    try {
        runner().run(spec);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_THAT(error.message(), testing::HasSubstr("rehearse-no-such-program"));
        EXPECT_FALSE(error.hints().empty());
    }
}

TEST_P(ProcessContract, AfterAnInterruptOnlyCleaningUpRuns) {
    const auto spec = script("echo swept", [](auto& fake) { fake.prints("swept\n"); });
    Interrupt::request();
    try {
        runner().run(spec);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::interrupted);
    }
    EXPECT_EQ(runner().run_to_clean_up(spec).out, "swept\n");
}

TEST_P(ProcessContract, AStartedProgramRunsUntilASignalEndsIt) {
    const auto spec =
        script("echo ready; exec sleep 600", [](auto& fake) { fake.prints("ready\n"); });
    const auto running = runner().start(spec, folder_.path() / "log", SIGKILL);
    EXPECT_FALSE(running->poll().has_value());
    EXPECT_FALSE(running->wait(Millis(1)));
    running->send_signal(SIGTERM);
    EXPECT_TRUE(running->wait(std::chrono::seconds(30)));
    const auto result = running->poll();
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->signal, SIGTERM);
}

INSTANTIATE_TEST_SUITE_P(Both, ProcessContract, testing::Bool(),
                         [](const auto& what) { return what.param ? "Real" : "Fake"; });

}  // namespace
}  // namespace rehearse::process
