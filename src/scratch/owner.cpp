#include "scratch/owner.hpp"

#include "rehearse/base/text.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace rehearse::scratch {

namespace {

std::string boot_id() {
    std::string id;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
    return id;
}

std::string pid_namespace() {
    std::error_code failure;
    return std::filesystem::read_symlink("/proc/self/ns/pid", failure).string();
}

// Empty when there is no such process.
std::string start_time(const std::string& pid) {
    std::ostringstream stat;
    stat << std::ifstream("/proc/" + pid + "/stat").rdbuf();
    // The name in parentheses may hold spaces and parentheses; it is field 2.
    const std::string text = stat.str();
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) return {};
    std::istringstream rest(text.substr(name_end + 1));
    std::string field;
    for (int number = 3; number <= 22; ++number) rest >> field;
    return field;
}

}  // namespace

std::string owner_mark() {
    const std::string pid = std::to_string(getpid());
    return boot_id() + "/" + pid_namespace() + "/" + pid + "/" + start_time(pid);
}

bool is_owner_gone(std::string_view mark) {
    const auto fields = split(mark, '/');
    if (fields.size() != 4) return false;
    if (fields[0] != boot_id()) return true;
    return fields[1] == pid_namespace() && start_time(fields[2]) != fields[3];
}

}  // namespace rehearse::scratch
