#pragma once

#include "rehearse/pg/types.hpp"

#include <unistd.h>

#include <utility>

namespace rehearse::command {

// A socket that closes itself.
class Socket {
  public:
    Socket() = default;
    explicit Socket(int fd) : fd_(fd) {}
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        if (this != &other) {
            close();
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }
    ~Socket() { close(); }

    int get() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

  private:
    int fd_ = -1;
};

// Throws Error(internal).
Socket listen_on_loopback();
int port_of(const Socket& listening);
// Not open when nobody is there to take it.
Socket accept_from(const Socket& listening);
// The server's unix socket or port; not open when it does not answer.
Socket connect_to(const pg::ConnInfo& server);

}  // namespace rehearse::command
