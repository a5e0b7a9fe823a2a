#include "support/servers.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <stdexcept>

namespace rehearse::test {

namespace {

std::string folder_name() {
    static std::atomic<int> count{0};
    return "rehearse-hosts-" + std::to_string(getpid()) + "-" + std::to_string(++count);
}

// The digits behind the text, once a whole line has them.
std::string port_in(const std::string& log, const std::string& before) {
    const auto at = log.find(before);
    if (at == std::string::npos) return {};
    const auto begin = at + before.size();
    const auto end = log.find_first_not_of("0123456789", begin);
    return end == std::string::npos ? "" : log.substr(begin, end - begin);
}

}  // namespace

Servers::Servers() : folder_("/tmp", folder_name()), runner_(process::make_process_runner()) {}

std::string Servers::start(const process::ProcessSpec& spec, const std::string& name,
                           const std::string& before_port) {
    const auto log = folder() / name;
    auto& process = *running_.emplace_back(runner_->start(spec, log, SIGKILL));
    const auto deadline = Clock::now() + std::chrono::minutes(1);
    while (true) {
        const auto port = port_in(fs::exists(log) ? read_file(log) : "", before_port);
        if (!port.empty()) return "http://127.0.0.1:" + port;
        if (process.wait(std::chrono::milliseconds(20)) || Clock::now() > deadline) {
            throw std::runtime_error(name + " did not start:\n" + read_file(log));
        }
    }
}

fs::path npm_folder() {
    return fs::path{REHEARSE_SOURCE_DIR} / "build/api-mocks";
}

}  // namespace rehearse::test
