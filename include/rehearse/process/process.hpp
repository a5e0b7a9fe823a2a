#pragma once

#include "rehearse/base/time.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rehearse::process {

// The unprivileged user that root drops to for initdb and postgres, which refuse to run as root.
struct RunAs {
    unsigned uid = 0;
    unsigned gid = 0;
};

// One program to run. Arguments are a list; there is no shell.
struct ProcessSpec {
    std::string program;  // a path, or a name looked up in PATH
    std::vector<std::string> args;
    std::map<std::string, std::string> env;  // added to ours
    // Names of ours that it does not get; "PG*" is all that begin with PG. (PGHOSTADDR would win
    // over a -h argument.)
    std::vector<std::string> env_removed;
    std::vector<std::string> secrets;  // taken out of every message about this process
    std::string stdin_text;            // empty: /dev/null
    // Fills the buffer with the next bytes for stdin and returns how many; 0 ends the input. Wins
    // over stdin_text.
    std::function<std::size_t(std::span<char>)> stdin_source;
    std::filesystem::path working_dir;  // empty: ours
    std::optional<Millis>
        timeout;  // over it: SIGTERM, then SIGKILL after 2 s, to the whole process group
    std::optional<RunAs> run_as;
    // In namespaces of its own (Linux: root, or where user namespaces are allowed): a network that
    // holds a loopback interface and nothing else, and shared memory that goes with its last
    // process, however that ends. Throws Error where the system refuses the network. Unix sockets
    // on disk still work.
    bool isolated = false;
    std::function<void(const std::string&)> on_stdout_line;  // called from run(), on its thread
    std::function<void(const std::string&)> on_stderr_line;
    // stdout goes to this file (made with mode 0600) and not into ProcessResult::out.
    std::filesystem::path stdout_file;
    // Bytes kept of each stream; the rest is dropped from its beginning.
    std::size_t keep_output_bytes = 1 << 20;
};

struct ProcessResult {
    int exit_code = 0;  // 128 + signal when a signal ended it
    int signal = 0;
    bool timed_out = false;
    Millis elapsed{};
    std::string out;
    std::string err;

    bool ok() const { return exit_code == 0 && !timed_out; }
};

// A program that runs beside us (the local postgres server, docker logs). Its destructor ends it:
// SIGKILL to the group if it still runs. On Linux it also gets `death_signal` when the thread that
// started it ends (PR_SET_PDEATHSIG), so that it does not outlive a killed rehearse.
class RunningProcess {
  public:
    virtual ~RunningProcess() = default;
    virtual int pid() const = 0;
    // nullopt while it runs.
    virtual std::optional<ProcessResult> poll() = 0;
    virtual void send_signal(int signal) = 0;
    // False when it still runs after `limit`.
    virtual bool wait(Millis limit) = 0;
    // Forgets it: the destructor leaves it running. (Start it with death signal 0 for it to outlive
    // us.)
    virtual void leave_running() = 0;
};

// The one way to start a program. Throws Error when the program cannot be found or started; a
// non-zero exit is a result, because only the caller knows whether it is an error and what to do
// about it. An interrupt ends the process and throws Error(interrupted).
class ProcessRunner {
  public:
    virtual ~ProcessRunner() = default;
    virtual ProcessResult run(const ProcessSpec& spec) = 0;
    // Like run(), but an interrupt that was requested does not stop it: for cleaning up.
    virtual ProcessResult run_to_clean_up(const ProcessSpec& spec) = 0;
    // stdout and stderr go to `log` (appended, mode 0600). Its stdin is a pipe that stays open and
    // empty: it ends when the object goes or when we end, in whatever way. `death_signal` 0: none.
    virtual std::unique_ptr<RunningProcess> start(const ProcessSpec& spec,
                                                  const std::filesystem::path& log,
                                                  int death_signal) = 0;
};

std::unique_ptr<ProcessRunner> make_process_runner();

// Path of a program in PATH, nullopt when it is not there.
std::optional<std::filesystem::path> find_program(const std::string& name);

// The command line for messages: quoted as a shell would need it.
std::string command_line_of(const ProcessSpec& spec);

}  // namespace rehearse::process
