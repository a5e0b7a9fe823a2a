#include "rehearse/base/interrupt.hpp"

#include "rehearse/base/error.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>

namespace rehearse {

namespace {

std::atomic<bool> was_requested{false};
std::atomic<int> event_fd{-1};

void note_signal(int) {
    Interrupt::request();
}

}  // namespace

void Interrupt::install() {
    if (event_fd.load() < 0) event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct sigaction action {};
    action.sa_handler = note_signal;
    sigemptyset(&action.sa_mask);
    // No SA_RESTART: a blocking call comes back with EINTR and looks at requested().
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, nullptr);
}

bool Interrupt::requested() noexcept {
    return was_requested.load();
}

void Interrupt::throw_if_requested() {
    if (requested()) throw Error(ErrorKind::interrupted, "interrupted");
}

int Interrupt::fd() noexcept {
    return event_fd.load();
}

void Interrupt::request() noexcept {
    was_requested = true;
    const std::uint64_t one = 1;
    // Called from a signal handler: write(2) is async-signal-safe, and a full counter is readable
    // already.
    if (const int fd = event_fd.load(); fd >= 0) {
        [[maybe_unused]] const ssize_t written = write(fd, &one, sizeof one);
    }
}

void Interrupt::reset() noexcept {
    was_requested = false;
    std::uint64_t count = 0;
    if (const int fd = event_fd.load(); fd >= 0) {
        [[maybe_unused]] const ssize_t taken = read(fd, &count, sizeof count);
    }
}

}  // namespace rehearse
