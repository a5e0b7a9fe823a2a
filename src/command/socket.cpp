#include "socket.hpp"

#include "rehearse/base/error.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

namespace rehearse::command {

namespace {

constexpr int kBacklog = 64;

template <typename Address>
const sockaddr* as_sockaddr(const Address& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

[[noreturn]] void fail(const std::string& what) {
    throw Error(ErrorKind::internal, "cannot " + what + ": " + std::strerror(errno));
}

void make_non_blocking(const Socket& socket) {
    fcntl(socket.get(), F_SETFL, fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
}

// Each message is small and waited for.
void send_at_once(const Socket& socket) {
    const int on = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Socket connect_to_unix(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return {};
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket.is_open() || connect(socket.get(), as_sockaddr(address), sizeof address) != 0)
        return {};
    return socket;
}

Socket connect_to_port(const std::string& host, int port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return {};
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
    for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
        Socket socket(::socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, each->ai_protocol));
        if (!socket.is_open()) continue;
        if (connect(socket.get(), each->ai_addr, each->ai_addrlen) != 0) continue;
        send_at_once(socket);
        return socket;
    }
    return {};
}

}  // namespace

Socket listen_on_loopback() {
    Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.is_open()) fail("make a socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(socket.get(), as_sockaddr(address), sizeof address) != 0 ||
        listen(socket.get(), kBacklog) != 0) {
        fail("listen on 127.0.0.1");
    }
    return socket;
}

int port_of(const Socket& listening) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (getsockname(listening.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
        fail("ask a socket for its port");
    return ntohs(address.sin_port);
}

Socket accept_from(const Socket& listening) {
    Socket accepted(accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (accepted.is_open()) send_at_once(accepted);
    return accepted;
}

Socket connect_to(const pg::ConnInfo& server) {
    Socket socket = server.host.starts_with('/')
                        ? connect_to_unix(server.host + "/.s.PGSQL." + std::to_string(server.port))
                        : connect_to_port(server.host, server.port);
    if (socket.is_open()) make_non_blocking(socket);
    return socket;
}

}  // namespace rehearse::command
