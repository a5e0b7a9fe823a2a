#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::test {

// A process as /proc tells of it.
struct Proc {
    pid_t pid = 0;
    pid_t parent = 0;
    // Arguments with spaces between; for a PostgreSQL backend its title:
    // "postgres: postgres shop [local] SELECT".
    std::string command_line;
    std::filesystem::path cwd;  // empty where we may not look
};

// Zombies are left out: they have ended.
std::vector<Proc> all_processes();
bool descends_from(const Proc& process, pid_t ancestor, const std::vector<Proc>& all);

// Whatever `what` finds as soon as it finds it; asks every few milliseconds. Fails the test and
// returns nullopt when ten seconds went by.
std::optional<Proc> wait_for_process(const std::string& description,
                                     const std::function<bool(const Proc&)>& what);

}  // namespace rehearse::test
