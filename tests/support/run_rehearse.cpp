#include "support/run_rehearse.hpp"

#include "rehearse/base/files.hpp"
#include "rehearse/process/process.hpp"

#include "support/proc.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <stdexcept>

namespace rehearse::test {

namespace {

// Short, because a unix socket's path is at most 107 bytes and a run's folder lies inside.
fs::path make_sandbox() {
    std::string path = "/tmp/rt-XXXXXX";
    if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("mkdtemp " + path);
    // As root, postgres runs as another user who must be able to pass through.
    chmod(path.c_str(), 0711);
    return path;
}

// Our child that runs this program, itself or through the interpreter of a script.
std::optional<pid_t> pid_of(const std::string& program) {
    for (const Proc& process : all_processes()) {
        if (process.parent == getpid() && process.command_line.find(program) != std::string::npos)
            return process.pid;
    }
    ADD_FAILURE() << program << " is not running any more";
    return std::nullopt;
}

}  // namespace

Sandbox::Sandbox() : path_(make_sandbox()) {
    for (const auto& folder : {temp(), work(), state(), cache(), home()}) {
        fs::create_directory(folder);
    }
}

// What a failing test left running is reported by then; it must not outlive the test.
Sandbox::~Sandbox() {
    for (const Proc& process : all_processes()) {
        if (process.cwd.string().starts_with(temp().string())) kill(process.pid, SIGKILL);
    }
    remove_tree(path_);
}

fs::path Sandbox::write(const std::string& name, const std::string& content) const {
    const fs::path path = work() / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
    return path;
}

void Sandbox::note_runs() {
    constexpr std::string_view kPrefix = "rehearse-";
    for (const auto& entry : fs::directory_iterator(temp())) {
        const std::string name = entry.path().filename();
        if (name.starts_with(kPrefix)) run_ids_.insert(name.substr(kPrefix.size()));
    }
}

Outcome Sandbox::run_rehearse(const std::vector<std::string>& args, const RunOptions& options) {
    process::ProcessSpec spec;
    spec.program = options.program.empty() ? REHEARSE_BINARY : options.program;
    spec.args = args;
    spec.env = {{"TMPDIR", temp()},
                {"HOME", home()},
                {"XDG_STATE_HOME", state()},
                {"XDG_CACHE_HOME", cache()}};
    for (const auto& [name, value] : options.env) spec.env[name] = value;
    spec.working_dir = options.working_dir.empty() ? work() : options.working_dir;
    // Far over what any of them takes: a run that hangs is told apart from a slow machine.
    spec.timeout = std::chrono::minutes(2);
    spec.keep_output_bytes = std::size_t{16} << 20;
    bool waiting = !options.when_stderr_says.empty();
    spec.on_stderr_line = [&](const std::string& line) {
        note_runs();
        if (!waiting || line.find(options.when_stderr_says) == std::string::npos) return;
        waiting = false;
        if (const auto pid = pid_of(spec.program)) options.then(*pid);
    };

    const auto result = process::make_process_runner()->run(spec);
    EXPECT_FALSE(result.timed_out)
        << "no end after two minutes: " << process::command_line_of(spec);
    EXPECT_FALSE(waiting) << "stderr never said '" << options.when_stderr_says << "':\n"
                          << result.err;
    return {result.exit_code, result.out, result.err, result.elapsed,
            process::command_line_of(spec)};
}

}  // namespace rehearse::test
