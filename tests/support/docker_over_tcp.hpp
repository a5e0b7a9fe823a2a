#pragma once

#include <sys/types.h>

#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace rehearse::test {

// As if the docker engine of this host were elsewhere: hands on what comes to a TCP port of
// loopback to the engine's socket. While it lives, DOCKER_HOST is that port.
class DockerOverTcp {
  public:
    DockerOverTcp();
    DockerOverTcp(const DockerOverTcp&) = delete;
    DockerOverTcp& operator=(const DockerOverTcp&) = delete;
    ~DockerOverTcp();

    const std::string& url() const { return url_; }  // "tcp://127.0.0.1:41234"

    // Empty when the engine can publish ports, else why not.
    static std::string why_not_here();

  private:
    void accept_all();
    int connect_to_engine() const;

    std::string engine_socket_;
    std::string url_;
    std::string docker_host_before_;
    int listener_ = -1;
    std::mutex mutex_;
    bool ended_ = false;
    std::vector<int> open_;  // closed at the end, when no thread uses them
    std::list<std::thread> pumps_;
    std::thread acceptor_;
};

}  // namespace rehearse::test
