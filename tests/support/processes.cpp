#include "support/processes.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace rehearse::test {

bool ends_soon(pid_t pid, Millis limit) {
    const int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
    if (fd < 0) return true;  // gone already
    pollfd watched{fd, POLLIN, 0};
    const bool ended = poll(&watched, 1, static_cast<int>(limit.count())) > 0;
    close(fd);
    return ended;
}

}  // namespace rehearse::test
