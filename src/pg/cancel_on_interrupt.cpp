#include "cancel_on_interrupt.hpp"

#include "rehearse/base/interrupt.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>

namespace rehearse::pg {

namespace {

void watch(pqxx::connection& connection, int done) {
    std::array<pollfd, 2> fds{{{done, POLLIN, 0}, {Interrupt::fd(), POLLIN, 0}}};
    while (poll(fds.data(), fds.size(), -1) < 0) {
    }
    if (fds[0].revents != 0) return;
    try {
        connection.cancel_query();
    } catch (const std::exception&) {
        // Its statement_timeout ends it.
    }
}

}  // namespace

CancelOnInterrupt::CancelOnInterrupt(pqxx::connection& connection)
    : done_(eventfd(0, EFD_CLOEXEC)),
      watcher_([&connection, done = done_] { watch(connection, done); }) {}

CancelOnInterrupt::~CancelOnInterrupt() {
    const std::uint64_t one = 1;
    (void)!write(done_, &one, sizeof one);
    watcher_.join();
    close(done_);
}

}  // namespace rehearse::pg
