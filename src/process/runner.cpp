#include "rehearse/base/error.hpp"
#include "rehearse/base/interrupt.hpp"
#include "rehearse/process/process.hpp"

#include "process/child.hpp"
#include "process/fd.hpp"
#include "process/output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>

namespace rehearse::process {

namespace {

constexpr Millis kGraceAfterSigterm = std::chrono::seconds(2);
constexpr std::size_t kChunk = std::size_t{64} << 10;

Fd open_output(const std::filesystem::path& path, int flags) {
    Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600));
    // The file may be there already with a wider mode.
    if (!fd.is_open() || fchmod(fd.get(), 0600) != 0) {
        throw Error(ErrorKind::usage,
                    "cannot write " + path.string() + ": " + std::strerror(errno));
    }
    return fd;
}

Fd open_nothing() {
    return Fd(open("/dev/null", O_RDWR | O_CLOEXEC));
}

ProcessResult result_of(int wait_status) {
    ProcessResult result;
    if (WIFSIGNALED(wait_status)) {
        result.signal = WTERMSIG(wait_status);
        result.exit_code = 128 + result.signal;
    } else {
        result.exit_code = WEXITSTATUS(wait_status);
    }
    return result;
}

// A program may close its stdin early. Writing then must be an EPIPE of one write, not a signal to
// all of us.
class SigpipeBlock {
  public:
    SigpipeBlock() {
        sigemptyset(&sigpipe_);
        sigaddset(&sigpipe_, SIGPIPE);
        sigset_t pending;
        sigpending(&pending);
        was_pending_ = sigismember(&pending, SIGPIPE) == 1;
        pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
    }
    SigpipeBlock(const SigpipeBlock&) = delete;
    SigpipeBlock& operator=(const SigpipeBlock&) = delete;
    ~SigpipeBlock() {
        const timespec at_once{};
        if (!was_pending_) sigtimedwait(&sigpipe_, nullptr, &at_once);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }

  private:
    sigset_t sigpipe_{};
    sigset_t before_{};
    bool was_pending_ = false;
};

// One run of one program: moves bytes in and out until it ends, and ends it when it is time.
class Run {
  public:
    Run(const ProcessSpec& spec, bool heeds_interrupt)
        : spec_(spec),
          heeds_interrupt_(heeds_interrupt),
          out_(spec.keep_output_bytes, spec.on_stdout_line),
          err_(spec.keep_output_bytes, spec.on_stderr_line) {}

    ProcessResult to_its_end() {
        start();
        while (!has_ended_) wait_for_something();
        // All that the program wrote is in the pipes now. A process that it left behind may hold
        // them open for ever.
        read_all(out_pipe_, out_);
        read_all(err_pipe_, err_);
        out_.finish();
        err_.finish();
        return finish();
    }

  private:
    enum class Ending { none, timed_out, interrupted };

    void start() {
        const bool has_input = spec_.stdin_source || !spec_.stdin_text.empty();
        Pipe in = has_input ? make_pipe() : Pipe{open_nothing(), Fd()};
        Pipe out = spec_.stdout_file.empty() ? make_pipe()
                                             : Pipe{Fd(), open_output(spec_.stdout_file, O_TRUNC)};
        Pipe err = make_pipe();
        // SIGTERM, so that pg_restore can end its workers.
        child_.emplace(spec_, ChildStreams{in.reading.get(), out.writing.get(), err.writing.get()},
                       SIGTERM);
        in_pipe_ = std::move(in.writing);
        out_pipe_ = std::move(out.reading);
        err_pipe_ = std::move(err.reading);
        for (const Fd* fd : {&in_pipe_, &out_pipe_, &err_pipe_}) {
            if (fd->is_open()) make_non_blocking(*fd);
        }
        if (spec_.timeout) deadline_ = started_ + to_clock(*spec_.timeout);
    }

    static Clock::duration to_clock(Millis span) {
        return std::chrono::duration_cast<Clock::duration>(span);
    }

    void wait_for_something() {
        enum { program_end, interrupt, input, output, errors, count };
        std::array<pollfd, count> watched{};
        watched[program_end] = {child_->end_fd(), POLLIN, 0};
        const bool may_interrupt = heeds_interrupt_ && ending_ == Ending::none;
        watched[interrupt] = {may_interrupt ? Interrupt::fd() : -1, POLLIN, 0};
        watched[input] = {in_pipe_.get(), POLLOUT, 0};
        watched[output] = {out_pipe_.get(), POLLIN, 0};
        watched[errors] = {err_pipe_.get(), POLLIN, 0};
        if (::poll(watched.data(), watched.size(), milliseconds_to_deadline()) < 0) {
            if (errno == EINTR) return;
            throw Error(ErrorKind::internal, std::string("poll: ") + std::strerror(errno));
        }
        if (watched[output].revents != 0) read_once(out_pipe_, out_);
        if (watched[errors].revents != 0) read_once(err_pipe_, err_);
        if (watched[input].revents != 0) feed();
        if (watched[interrupt].revents != 0) begin_ending(Ending::interrupted);
        if (watched[program_end].revents != 0) has_ended_ = true;
        if (deadline_ && Clock::now() >= *deadline_) deadline_passed();
    }

    int milliseconds_to_deadline() const {
        if (!deadline_) return -1;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline_ - Clock::now());
        return static_cast<int>(std::clamp<long long>(left.count(), 0, 1'000'000));
    }

    void deadline_passed() {
        if (ending_ == Ending::none) {
            begin_ending(Ending::timed_out);
        } else {
            child_->send_signal_to_group(SIGKILL);
            deadline_.reset();
        }
    }

    void begin_ending(Ending why) {
        ending_ = why;
        child_->send_signal_to_group(SIGTERM);
        deadline_ = Clock::now() + to_clock(kGraceAfterSigterm);
    }

    // False when there is nothing more to read for now.
    bool read_once(Fd& pipe, Output& to) {
        const ssize_t got = read(pipe.get(), chunk_.data(), chunk_.size());
        if (got > 0) to.add({chunk_.data(), static_cast<std::size_t>(got)});
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) pipe.close();
        return got > 0;
    }

    void read_all(Fd& pipe, Output& to) {
        while (pipe.is_open() && read_once(pipe, to)) {
        }
    }

    void feed() {
        if (unsent_.empty()) {
            unsent_ = next_input();
            if (unsent_.empty()) return in_pipe_.close();
        }
        const ssize_t sent = write(in_pipe_.get(), unsent_.data(), unsent_.size());
        if (sent >= 0) {
            unsent_.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno != EAGAIN && errno != EINTR) {
            in_pipe_.close();  // EPIPE: it has read what it wanted
        }
    }

    std::string_view next_input() {
        if (!spec_.stdin_source) {
            return std::exchange(text_was_sent_, true) ? std::string_view() : spec_.stdin_text;
        }
        input_.resize(kChunk);
        return {input_.data(), spec_.stdin_source(input_)};
    }

    ProcessResult finish() {
        // Before wait(): until then the group's number cannot become somebody else's.
        const bool was_ended = ending_ != Ending::none;
        if (was_ended) child_->send_signal_to_group(SIGKILL);
        ProcessResult result = result_of(child_->wait());
        if (ending_ == Ending::interrupted) throw Error(ErrorKind::interrupted, "interrupted");
        result.timed_out = ending_ == Ending::timed_out;
        result.elapsed = Clock::now() - started_;
        result.out = out_.take_kept();
        result.err = err_.take_kept();
        return result;
    }

    const ProcessSpec& spec_;
    bool heeds_interrupt_;
    SigpipeBlock sigpipe_block_;
    Clock::time_point started_ = Clock::now();
    std::optional<Clock::time_point> deadline_;  // of the timeout, then of the grace after SIGTERM
    Ending ending_ = Ending::none;
    bool has_ended_ = false;
    Fd in_pipe_, out_pipe_, err_pipe_;
    Output out_, err_;
    std::vector<char> chunk_ = std::vector<char>(kChunk);
    std::vector<char> input_;
    std::string_view unsent_;
    bool text_was_sent_ = false;
    std::optional<Child> child_;  // the first to go: an exception ends the program
};

class Running final : public RunningProcess {
  public:
    Running(const ProcessSpec& spec, const Fd& log, int death_signal)
        : input_(make_pipe()),
          child_(std::in_place, spec, ChildStreams{input_.reading.get(), log.get(), log.get()},
                 death_signal),
          pid_(child_->pid()) {
        input_.reading.close();
    }

    int pid() const override { return pid_; }

    std::optional<ProcessResult> poll() override {
        if (!result_ && child_ && child_->ends_within(Millis::zero())) {
            result_ = result_of(child_->wait());
            result_->elapsed = Clock::now() - started_;
        }
        return result_;
    }

    void send_signal(int signal) override {
        if (child_) child_->send_signal(signal);
    }

    bool wait(Millis limit) override { return result_ || (child_ && child_->ends_within(limit)); }

    void leave_running() override {
        child_->leave_running();
        child_.reset();
    }

  private:
    Clock::time_point started_ = Clock::now();
    Pipe input_;
    std::optional<Child> child_;
    int pid_;
    std::optional<ProcessResult> result_;
};

class Runner final : public ProcessRunner {
  public:
    ProcessResult run(const ProcessSpec& spec) override {
        Interrupt::throw_if_requested();
        return Run(spec, true).to_its_end();
    }

    ProcessResult run_to_clean_up(const ProcessSpec& spec) override {
        return Run(spec, false).to_its_end();
    }

    std::unique_ptr<RunningProcess> start(const ProcessSpec& spec, const std::filesystem::path& log,
                                          int death_signal) override {
        return std::make_unique<Running>(spec, open_output(log, O_APPEND), death_signal);
    }
};

}  // namespace

Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw Error(ErrorKind::internal,
                    std::string("cannot make a pipe: ") + std::strerror(errno));
    }
    return {Fd(ends[0]), Fd(ends[1])};
}

void make_non_blocking(const Fd& fd) {
    fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

std::unique_ptr<ProcessRunner> make_process_runner() {
    return std::make_unique<Runner>();
}

}  // namespace rehearse::process
