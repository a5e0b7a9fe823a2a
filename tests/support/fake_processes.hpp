#pragma once

#include "rehearse/base/time.hpp"
#include "rehearse/process/process.hpp"

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::test {

// What one program does when it is called, told in the test:
//
//     processes.when("pg_restore", {"--list"}).prints("...").exits(0);
class FakeProgram {
  public:
    FakeProgram& prints(std::string text);  // on stdout
    FakeProgram& prints_file(const std::filesystem::path& path);
    FakeProgram& complains(std::string text);  // on stderr
    FakeProgram& exits(int code);
    FakeProgram& dies_of(int signal);
    FakeProgram& times_out();
    FakeProgram& is_missing();  // as if it were not installed
    // Runs when it is called, before its output is handed on: to leave a file, or to throw.
    FakeProgram& does(std::function<void(const process::ProcessSpec&)> action);
    // Leaves its stdin unread, as a program that fails at once does.
    FakeProgram& ignores_input();

  private:
    friend class FakeProcesses;
    friend class FakeRunning;
    std::string program_;
    std::vector<std::string> args_;
    std::string out_;
    std::string err_;
    int exit_code_ = 0;
    int signal_ = 0;
    bool times_out_ = false;
    bool is_missing_ = false;
    bool reads_input_ = true;
    std::function<void(const process::ProcessSpec&)> action_;
};

// A call as it came, with what the program read from stdin.
struct FakeCall {
    process::ProcessSpec spec;
    std::string input;
    bool cleaning_up = false;
    bool started = false;  // by start()

    std::string command_line() const { return process::command_line_of(spec); }
};

// A ProcessRunner that runs nothing and answers as it was told. A call that nobody told it of fails
// the test. It passes the contract of the real one (tests/unit/process/contract_test.cpp).
class FakeProcesses final : public process::ProcessRunner {
  public:
    // For calls of the program (a name also stands for its path) whose arguments contain `args` in
    // this order. Of several that fit, the one told last answers.
    FakeProgram& when(std::string program, std::vector<std::string> args = {});

    const std::vector<FakeCall>& calls() const { return calls_; }
    std::vector<std::string> command_lines() const;

    process::ProcessResult run(const process::ProcessSpec& spec) override;
    process::ProcessResult run_to_clean_up(const process::ProcessSpec& spec) override;
    std::unique_ptr<process::RunningProcess> start(const process::ProcessSpec& spec,
                                                   const std::filesystem::path& log,
                                                   int death_signal) override;

  private:
    const FakeProgram& answer_to(const process::ProcessSpec& spec);
    process::ProcessResult perform(const process::ProcessSpec& spec, bool cleaning_up);

    std::deque<FakeProgram> programs_;  // when() hands out references: they must stay
    std::vector<FakeCall> calls_;
};

}  // namespace rehearse::test
