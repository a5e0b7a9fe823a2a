#include "scratch/names.hpp"

#include "rehearse/base/error.hpp"

#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <fstream>

namespace rehearse::scratch {

namespace fs = std::filesystem;

std::string object_name(std::string_view run_id, std::string_view kind, int number) {
    std::string name = "rehearse-" + std::string(run_id);
    if (!kind.empty()) name += "-" + std::string(kind);
    if (number > 1) name += (kind.empty() ? "-" : "") + std::to_string(number);
    return name;
}

bool belongs_to_run(std::string_view name, std::string_view run_id) {
    const std::string stem = object_name(run_id);
    return !run_id.empty() && (name == stem || name.starts_with(stem + "-"));
}

std::string host_mark() {
    constexpr std::size_t kEnough = 12;  // the whole of it is not for others
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    std::string machine_id;
    std::ifstream("/etc/machine-id") >> machine_id;
    if (machine_id.empty()) return name.data();
    return std::string(name.data()) + "/" + machine_id.substr(0, kEnough);
}

fs::path socket_folder(const fs::path& run_folder, int number) {
    return run_folder / ("s" + std::to_string(number));
}

void check_socket_path(const fs::path& folder) {
    constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;
    const std::string path = folder / ".s.PGSQL.5432";
    if (path.size() <= kLongest) return;
    throw Error(ErrorKind::scratch,
                "the path of the server's socket is too long: " + path + " has " +
                    std::to_string(path.size()) + " bytes, and a socket's path has at most " +
                    std::to_string(kLongest),
                {"Set TMPDIR to a folder with a shorter path, such as /tmp."});
}

}  // namespace rehearse::scratch
