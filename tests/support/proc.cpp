#include "support/proc.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <sstream>
#include <utility>

namespace rehearse::test {

namespace fs = std::filesystem;

namespace {

// What could be read: a process that ends meanwhile lets a read fail with ESRCH, for which a
// stream's own iterators throw, and operator<< does not.
std::string content_of(const fs::path& path) {
    std::ostringstream content;
    content << std::ifstream(path, std::ios::binary).rdbuf();
    return std::move(content).str();
}

// proc_pid_stat(5): pid (comm) state ppid ...; comm may hold spaces and parentheses.
std::optional<Proc> read_process(pid_t pid, const fs::path& folder) {
    const std::string stat = content_of(folder / "stat");
    const auto after_name = stat.rfind(')');
    if (after_name == std::string::npos || after_name + 4 > stat.size()) return std::nullopt;
    const char state = stat[after_name + 2];
    if (state == 'Z' || state == 'X') return std::nullopt;

    Proc process;
    process.pid = pid;
    process.parent = static_cast<pid_t>(std::stol(stat.substr(after_name + 4)));
    process.command_line = content_of(folder / "cmdline");
    std::replace(process.command_line.begin(), process.command_line.end(), '\0', ' ');
    std::error_code unreadable;
    process.cwd = fs::read_symlink(folder / "cwd", unreadable);
    return process;
}

}  // namespace

std::vector<Proc> all_processes() {
    std::vector<Proc> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        pid_t pid = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (error != std::errc{} || end != name.data() + name.size()) continue;
        if (auto process = read_process(pid, entry.path())) found.push_back(std::move(*process));
    }
    return found;
}

bool descends_from(const Proc& process, pid_t ancestor, const std::vector<Proc>& all) {
    for (const Proc* at = &process; at != nullptr;) {
        if (at->parent == ancestor) return true;
        const auto parent = std::find_if(all.begin(), all.end(),
                                         [&](const Proc& one) { return one.pid == at->parent; });
        at = parent == all.end() ? nullptr : &*parent;
    }
    return false;
}

std::optional<Proc> wait_for_process(const std::string& description,
                                     const std::function<bool(const Proc&)>& what) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    do {
        const auto all = all_processes();
        const auto found = std::find_if(all.begin(), all.end(), what);
        if (found != all.end()) return *found;
        poll(nullptr, 0, 5);
    } while (std::chrono::steady_clock::now() < deadline);
    ADD_FAILURE() << "no such process within 10 s: " << description;
    return std::nullopt;
}

}  // namespace rehearse::test
