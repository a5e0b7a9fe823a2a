#include "support/docker_over_tcp.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/process/process.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace rehearse::test {

namespace {

process::ProcessResult ask_docker(const std::vector<std::string>& args) {
    process::ProcessSpec spec;
    spec.program = "docker";
    spec.args = args;
    return process::make_process_runner()->run(spec);
}

std::string docker_host() {
    const char* value = std::getenv("DOCKER_HOST");
    return value == nullptr ? "" : value;
}

std::string socket_of_engine() {
    constexpr std::string_view kUnix = "unix://";
    std::string url = docker_host();
    if (url.empty()) {
        url = trimmed(
            ask_docker({"context", "inspect", "--format", "{{.Endpoints.docker.Host}}"}).out);
    }
    if (!url.starts_with(kUnix)) throw std::runtime_error("no unix socket: " + url);
    return url.substr(kUnix.size());
}

[[noreturn]] void fail(const char* what) {
    throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

// Until `from` ends; that end is handed on, too: a docker client closes its half to end the stdin
// of a program.
void pump(int from, int to) {
    std::array<char, 1 << 16> buffer{};
    for (;;) {
        const ssize_t got = recv(from, buffer.data(), buffer.size(), 0);
        if (got <= 0) break;
        for (ssize_t sent = 0; sent < got;) {
            const ssize_t now =
                send(to, buffer.data() + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
            if (now <= 0) {
                shutdown(from, SHUT_RD);
                return;
            }
            sent += now;
        }
    }
    shutdown(to, SHUT_WR);
}

}  // namespace

std::string DockerOverTcp::why_not_here() {
    return ask_docker({"network", "inspect", "bridge"}).ok()
               ? ""
               : "this docker engine has no bridge network, and so publishes no port";
}

DockerOverTcp::DockerOverTcp()
    : engine_socket_(socket_of_engine()), docker_host_before_(docker_host()) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (listener_ < 0 || bind(listener_, generic, size) != 0 || listen(listener_, 64) != 0 ||
        getsockname(listener_, generic, &size) != 0) {
        fail("cannot listen on loopback");
    }
    url_ = "tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    setenv("DOCKER_HOST", url_.c_str(), 1);
    acceptor_ = std::thread([this] { accept_all(); });
}

DockerOverTcp::~DockerOverTcp() {
    if (docker_host_before_.empty()) {
        unsetenv("DOCKER_HOST");
    } else {
        setenv("DOCKER_HOST", docker_host_before_.c_str(), 1);
    }
    {
        const std::lock_guard guard(mutex_);
        ended_ = true;
        for (const int fd : open_) shutdown(fd, SHUT_RDWR);
    }
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (std::thread& each : pumps_) each.join();
    for (const int fd : open_) close(fd);
    close(listener_);
}

int DockerOverTcp::connect_to_engine() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    engine_socket_.copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
    close(fd);
    return -1;
}

void DockerOverTcp::accept_all() {
    for (;;) {
        const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) return;
        const int engine = connect_to_engine();
        const std::lock_guard guard(mutex_);
        open_.push_back(client);
        if (engine >= 0) open_.push_back(engine);
        if (ended_ || engine < 0) {
            shutdown(client, SHUT_RDWR);
            continue;
        }
        pumps_.emplace_back(pump, client, engine);
        pumps_.emplace_back(pump, engine, client);
    }
}

}  // namespace rehearse::test
