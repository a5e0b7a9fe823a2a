#include "stragglers.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

namespace rehearse::command {

namespace {

namespace fs = std::filesystem;

constexpr int kMostRounds = 100;
constexpr int kEndLimitMs = 1000;

bool carries(const fs::path& process, std::string_view mark) {
    std::ifstream file(process / "environ", std::ios::binary);
    const std::string environment{std::istreambuf_iterator<char>(file), {}};
    for (std::size_t at = 0; at < environment.size();) {
        const std::string_view line{environment.c_str() + at};
        if (line == mark) return true;
        at += line.size() + 1;
    }
    return false;
}

std::vector<pid_t> processes_with(std::string_view mark) {
    std::vector<pid_t> found;
    std::error_code ignored;
    for (fs::directory_iterator each("/proc", ignored), end; each != end; each.increment(ignored)) {
        const std::string name = each->path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        if (carries(each->path(), mark)) found.push_back(std::stoi(name));
    }
    return found;
}

// By a handle: until the mark has been seen on it, the number could be another's.
void end_one(pid_t pid, std::string_view mark) {
    const int handle = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
    if (handle < 0) return;
    if (carries(fs::path("/proc") / std::to_string(pid), mark)) {
        syscall(SYS_pidfd_send_signal, handle, SIGKILL, nullptr, 0);
        pollfd watched{handle, POLLIN, 0};
        poll(&watched, 1, kEndLimitMs);
    }
    close(handle);
}

}  // namespace

int end_stragglers(const std::string& run) noexcept {
    int ended = 0;
    try {
        const std::string mark = std::string(kMarkVariable) + "=" + run;
        for (int round = 0; round < kMostRounds; ++round) {
            const auto left = processes_with(mark);
            if (left.empty()) break;
            for (const pid_t pid : left) end_one(pid, mark);
            ended += static_cast<int>(left.size());
        }
    } catch (const std::exception&) {
        // /proc went away or memory ran out: nothing more can be done.
    }
    return ended;
}

}  // namespace rehearse::command
