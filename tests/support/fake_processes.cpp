#include "support/fake_processes.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/interrupt.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <utility>

namespace rehearse::test {

using process::ProcessResult;
using process::ProcessSpec;

namespace {

bool contains_in_order(const std::vector<std::string>& args,
                       const std::vector<std::string>& wanted) {
    auto next = wanted.begin();
    for (const std::string& arg : args) {
        if (next != wanted.end() && arg == *next) ++next;
    }
    return next == wanted.end();
}

bool is_called(const std::string& program, const ProcessSpec& spec) {
    return spec.program == program || fs::path(spec.program).filename() == program;
}

std::string input_of(const ProcessSpec& spec) {
    if (!spec.stdin_source) return spec.stdin_text;
    std::string input;
    std::array<char, 4096> buffer{};
    while (const std::size_t got = spec.stdin_source(buffer)) input.append(buffer.data(), got);
    return input;
}

void hand_on_lines(const std::string& text,
                   const std::function<void(const std::string&)>& on_line) {
    if (!on_line) return;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        on_line(text.substr(begin, end - begin));
        begin = end + 1;
    }
}

std::string last_bytes(const std::string& text, std::size_t count) {
    return text.size() > count ? text.substr(text.size() - count) : text;
}

[[noreturn]] void throw_missing(const ProcessSpec& spec) {
    throw Error(ErrorKind::scratch, "cannot find the program " + spec.program + " in PATH",
                {"Install it."});
}

}  // namespace

FakeProgram& FakeProgram::prints(std::string text) {
    out_ = std::move(text);
    return *this;
}

FakeProgram& FakeProgram::prints_file(const std::filesystem::path& path) {
    return prints(read_file(path));
}

FakeProgram& FakeProgram::complains(std::string text) {
    err_ = std::move(text);
    return *this;
}

FakeProgram& FakeProgram::exits(int code) {
    exit_code_ = code;
    return *this;
}

FakeProgram& FakeProgram::dies_of(int signal) {
    signal_ = signal;
    exit_code_ = 128 + signal;
    return *this;
}

FakeProgram& FakeProgram::times_out() {
    times_out_ = true;
    return dies_of(SIGTERM);
}

FakeProgram& FakeProgram::is_missing() {
    is_missing_ = true;
    return *this;
}

FakeProgram& FakeProgram::does(std::function<void(const ProcessSpec&)> action) {
    action_ = std::move(action);
    return *this;
}

FakeProgram& FakeProgram::ignores_input() {
    reads_input_ = false;
    return *this;
}

// Runs until a signal ends it.
class FakeRunning final : public process::RunningProcess {
  public:
    explicit FakeRunning(const FakeProgram& program) {
        if (program.exit_code_ != 0) end_with(program.exit_code_, program.signal_);
    }

    int pid() const override { return 1'000'000'000; }  // above any kernel's pid_max
    std::optional<ProcessResult> poll() override { return result_; }
    void send_signal(int signal) override {
        if (!result_) end_with(128 + signal, signal);
    }
    bool wait(Millis) override { return result_.has_value(); }
    void leave_running() override {}

  private:
    void end_with(int exit_code, int signal) {
        result_.emplace();
        result_->exit_code = exit_code;
        result_->signal = signal;
    }

    std::optional<ProcessResult> result_;
};

FakeProgram& FakeProcesses::when(std::string program, std::vector<std::string> args) {
    FakeProgram& added = programs_.emplace_back();
    added.program_ = std::move(program);
    added.args_ = std::move(args);
    return added;
}

std::vector<std::string> FakeProcesses::command_lines() const {
    std::vector<std::string> lines;
    for (const FakeCall& call : calls_) lines.push_back(call.command_line());
    return lines;
}

const FakeProgram& FakeProcesses::answer_to(const ProcessSpec& spec) {
    for (auto program = programs_.rbegin(); program != programs_.rend(); ++program) {
        if (is_called(program->program_, spec) && contains_in_order(spec.args, program->args_)) {
            return *program;
        }
    }
    ADD_FAILURE() << "unexpected call: " << process::command_line_of(spec);
    static const FakeProgram kUnexpected = [] {
        FakeProgram program;
        program.complains("unexpected call\n").exits(127);
        return program;
    }();
    return kUnexpected;
}

ProcessResult FakeProcesses::perform(const ProcessSpec& spec, bool cleaning_up) {
    const FakeProgram& program = answer_to(spec);
    if (program.is_missing_) throw_missing(spec);
    calls_.push_back({spec, program.reads_input_ ? input_of(spec) : "", cleaning_up, false});
    if (program.action_) program.action_(spec);

    ProcessResult result;
    result.exit_code = program.exit_code_;
    result.signal = program.signal_;
    result.timed_out = program.times_out_;
    hand_on_lines(program.err_, spec.on_stderr_line);
    result.err = last_bytes(program.err_, spec.keep_output_bytes);
    if (spec.stdout_file.empty()) {
        hand_on_lines(program.out_, spec.on_stdout_line);
        result.out = last_bytes(program.out_, spec.keep_output_bytes);
    } else {
        write_file_atomically(spec.stdout_file, program.out_);
    }
    return result;
}

ProcessResult FakeProcesses::run(const ProcessSpec& spec) {
    Interrupt::throw_if_requested();
    return perform(spec, false);
}

ProcessResult FakeProcesses::run_to_clean_up(const ProcessSpec& spec) {
    return perform(spec, true);
}

std::unique_ptr<process::RunningProcess> FakeProcesses::start(const ProcessSpec& spec,
                                                              const fs::path& log, int) {
    const FakeProgram& program = answer_to(spec);
    if (program.is_missing_) throw_missing(spec);
    calls_.push_back({spec, "", false, true});
    if (program.action_) program.action_(spec);
    std::ofstream(log, std::ios::app) << program.out_ << program.err_;
    return std::make_unique<FakeRunning>(program);
}

}  // namespace rehearse::test
