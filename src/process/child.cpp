#include "process/child.hpp"

#include "rehearse/base/error.hpp"

#include "process/programs.hpp"

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <system_error>

namespace rehearse::process {

namespace bp = boost::process;

namespace {

// What the new process tells over a pipe that closes on exec when it did not get as far as the
// program.
struct StartFailure {
    int error_number;
    const char* step;  // a literal: the same address on both sides of the fork
};

// Everything between fork and exec. Only async-signal-safe calls: other threads may hold any lock,
// malloc's included. Boost's own way to report from there (set_error) goes on to exec afterwards;
// here nothing is started unless each step worked.
class ChildSetup : public bp::extend::handler {
  public:
    ChildSetup(const ProcessSpec& spec, const ChildStreams& streams, int death_signal, int report)
        : streams_(streams),
          death_signal_(death_signal),
          report_(report),
          working_dir_(spec.working_dir),
          run_as_(spec.run_as),
          isolated_(spec.isolated),
          uid_map_(identity_map(geteuid())),
          gid_map_(identity_map(getegid())) {}

    template <class Executor>
    void on_exec_setup(Executor&) const {
        if (const char* failed_step = set_up()) give_up(failed_step);
    }

    template <class Executor>
    void on_exec_error(Executor&, const std::error_code&) const {
        give_up("start");
    }

  private:
    static std::string identity_map(unsigned id) {
        return std::to_string(id) + " " + std::to_string(id) + " 1\n";
    }

    [[noreturn]] void give_up(const char* step) const {
        const StartFailure failure{errno, step};
        [[maybe_unused]] const ssize_t written = write(report_, &failure, sizeof failure);
        _exit(127);
    }

    // nullptr when all is well, else what could not be done (errno says why).
    const char* set_up() const {
        setpgid(0, 0);
        if (dup2(streams_.in, 0) < 0 || dup2(streams_.out, 1) < 0 || dup2(streams_.err, 2) < 0) {
            return "connect the streams of";
        }
        // Streams opened without O_CLOEXEC by a library. Kernels before 5.11 refuse the flag:
        // nothing is lost but tidiness.
        close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
        // An ignored SIGPIPE and a blocked signal are inherited through exec; handlers are not.
        signal(SIGPIPE, SIG_DFL);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);

        if (isolated_ && !isolate()) return "cut off the network for";
        if (!working_dir_.empty() && chdir(working_dir_.c_str()) != 0) {
            return "enter the working folder of";
        }
        if (run_as_ && !drop_to(*run_as_)) return "change to an unprivileged user for";
        // Last of the rights: a change of credentials clears the parent-death signal (prctl(2)).
        if (death_signal_ == 0) return nullptr;
        if (prctl(PR_SET_PDEATHSIG, death_signal_) != 0) return "tie to our own life";
        if (getppid() != parent_) _exit(127);  // we ended before the prctl
        return nullptr;
    }

    static bool drop_to(const RunAs& user) {
        const gid_t group = user.gid;
        return setgroups(1, &group) == 0 && setgid(user.gid) == 0 && setuid(user.uid) == 0;
    }

    // A network namespace with nothing in it but a loopback interface, and an IPC namespace. Root
    // may make them; others may inside a user namespace, where the system allows those.
    bool isolate() const {
        if (geteuid() == 0) {
            if (unshare(CLONE_NEWNET | CLONE_NEWIPC) != 0) return false;
        } else {
            if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC) != 0) return false;
            if (!write_to("/proc/self/setgroups", "deny") ||
                !write_to("/proc/self/uid_map", uid_map_.c_str()) ||
                !write_to("/proc/self/gid_map", gid_map_.c_str())) {
                return false;
            }
        }
        own_shared_memory_folder();
        return bring_loopback_up();
    }

    // An IPC namespace takes System V segments with it, but not what shm_open(3) makes in /dev/shm.
    // A system that refuses the mount (a container under AppArmor) keeps it shared: then a server
    // that was killed by SIGKILL can leave a file there.
    static void own_shared_memory_folder() {
        if (unshare(CLONE_NEWNS) != 0) return;
        if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return;
        mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
    }

    static bool write_to(const char* path, const char* text) {
        const int fd = open(path, O_WRONLY | O_CLOEXEC);
        if (fd < 0) return false;
        const auto size = static_cast<ssize_t>(std::strlen(text));
        const bool done = write(fd, text, static_cast<std::size_t>(size)) == size;
        close(fd);
        return done;
    }

    // PostgreSQL up to 14 sends its statistics to itself over a loopback socket.
    static bool bring_loopback_up() {
        const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd < 0) return false;
        ifreq request{};
        request.ifr_name[0] = 'l';
        request.ifr_name[1] = 'o';
        request.ifr_flags = IFF_UP | IFF_RUNNING;
        const bool done = ioctl(fd, SIOCSIFFLAGS, &request) == 0;
        close(fd);
        return done;
    }

    ChildStreams streams_;
    int death_signal_;
    int report_;
    std::string working_dir_;
    std::optional<RunAs> run_as_;
    bool isolated_;
    std::string uid_map_;
    std::string gid_map_;
    pid_t parent_ = getpid();
};

void remove_from(bp::environment& environment, const std::string& name) {
    if (!name.ends_with('*')) {
        environment.erase(name);
        return;
    }
    const std::string prefix = name.substr(0, name.size() - 1);
    std::vector<std::string> found;
    for (const auto& entry : environment) {
        if (entry.get_name().starts_with(prefix)) found.push_back(entry.get_name());
    }
    for (const std::string& each : found) environment.erase(each);
}

bp::environment environment_of(const ProcessSpec& spec) {
    bp::environment environment = boost::this_process::environment();
    for (const std::string& removed : spec.env_removed) remove_from(environment, removed);
    for (const auto& [name, value] : spec.env) environment[name] = value;
    return environment;
}

int open_pidfd(pid_t pid) {
    return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
}

Error cannot_start(const ProcessSpec& spec, const std::string& step, int error_number) {
    return Error(kind_for_missing(spec.program),
                 "cannot " + step + " " + spec.program + ": " + std::strerror(error_number));
}

}  // namespace

struct Child::Impl {
    bp::child process;
};

Child::Child(const ProcessSpec& spec, const ChildStreams& streams, int death_signal) {
    const std::string path = required_program(spec).string();
    Pipe report = make_pipe();
    std::error_code failure;
    bp::environment environment = environment_of(spec);
    impl_ = std::make_unique<Impl>(
        Impl{bp::child(bp::exe = path, bp::args = spec.args, environment,
                       ChildSetup(spec, streams, death_signal, report.writing.get()), failure)});
    if (failure) throw cannot_start(spec, "start", failure.value());

    report.writing.close();
    StartFailure not_started{};
    if (read(report.reading.get(), &not_started, sizeof not_started) == sizeof not_started) {
        wait();
        throw cannot_start(spec, not_started.step, not_started.error_number);
    }
    end_fd_ = Fd(open_pidfd(pid()));
    if (!end_fd_.is_open()) {
        const int error_number = errno;
        send_signal_to_group(SIGKILL);
        wait();
        throw Error(ErrorKind::internal, "cannot watch " + spec.program + ": " +
                                             std::strerror(error_number) + " (pidfd_open)");
    }
}

void Child::leave_running() {
    impl_->process.detach();
    impl_.reset();
}

Child::~Child() {
    if (!impl_ || waited_) return;
    send_signal_to_group(SIGKILL);
    wait();
}

int Child::pid() const {
    return impl_->process.id();
}

bool Child::ends_within(Millis limit) const {
    const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(limit);
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        pollfd watched{end_fd(), POLLIN, 0};
        const auto limit_ms = std::clamp<long long>(left.count(), 0, 1'000'000);
        if (::poll(&watched, 1, static_cast<int>(limit_ms)) > 0) return true;
        if (left.count() <= 0) return false;
    }
}

void Child::send_signal(int signal) const {
    if (!waited_) kill(pid(), signal);
}

void Child::send_signal_to_group(int signal) const {
    if (!waited_) kill(-pid(), signal);
}

int Child::wait() {
    std::error_code ignored;
    impl_->process.wait(ignored);
    waited_ = true;
    return impl_->process.native_exit_code();
}

}  // namespace rehearse::process
