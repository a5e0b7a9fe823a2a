#include "process/programs.hpp"

#include "rehearse/base/redactor.hpp"
#include "rehearse/base/text.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

namespace rehearse::process {

namespace fs = std::filesystem;

namespace {

struct KnownProgram {
    std::string_view name;
    std::string_view package;  // on Debian
    ErrorKind kind;
};

constexpr std::array kKnownPrograms{
    KnownProgram{"psql", "postgresql-client", ErrorKind::scratch},
    KnownProgram{"pg_restore", "postgresql-client", ErrorKind::scratch},
    KnownProgram{"pg_dump", "postgresql-client", ErrorKind::scratch},
    KnownProgram{"pg_dumpall", "postgresql-client", ErrorKind::scratch},
    KnownProgram{"vacuumdb", "postgresql-client", ErrorKind::scratch},
    KnownProgram{"postgres", "postgresql", ErrorKind::scratch},
    KnownProgram{"initdb", "postgresql", ErrorKind::scratch},
    KnownProgram{"pg_config", "postgresql-common", ErrorKind::scratch},
    KnownProgram{"docker", "docker.io", ErrorKind::scratch},
    KnownProgram{"podman", "podman", ErrorKind::scratch},
    KnownProgram{"zstd", "zstd", ErrorKind::usage},
    KnownProgram{"gzip", "gzip", ErrorKind::usage},
    KnownProgram{"git", "git", ErrorKind::usage},
    KnownProgram{"rclone", "rclone", ErrorKind::usage},
    KnownProgram{"sha256sum", "coreutils", ErrorKind::usage},
    KnownProgram{"cp", "coreutils", ErrorKind::usage},
};

const KnownProgram* known(const std::string& program) {
    const std::string name = fs::path(program).filename();
    const auto found = std::ranges::find(kKnownPrograms, name, &KnownProgram::name);
    return found == kKnownPrograms.end() ? nullptr : &*found;
}

bool is_executable(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<fs::path> find_program(const std::string& name) {
    if (name.find('/') != std::string::npos) {
        return is_executable(name) ? std::optional<fs::path>(name) : std::nullopt;
    }
    const char* path = std::getenv("PATH");
    for (const std::string& folder : split(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
        const fs::path candidate = fs::path(folder.empty() ? "." : folder) / name;
        if (is_executable(candidate)) return candidate;
    }
    return std::nullopt;
}

std::string command_line_of(const ProcessSpec& spec) {
    std::string line = quoted_for_shell(spec.program);
    for (const std::string& arg : spec.args) line += " " + quoted_for_shell(arg);
    Redactor redactor;
    for (const std::string& secret : spec.secrets) redactor.add_secret(secret);
    return redactor.redacted(line);
}

ErrorKind kind_for_missing(const std::string& program) {
    const KnownProgram* entry = known(program);
    return entry == nullptr ? ErrorKind::usage : entry->kind;
}

fs::path required_program(const ProcessSpec& spec) {
    if (const auto path = find_program(spec.program)) return *path;
    const bool is_path = spec.program.find('/') != std::string::npos;
    Error error(kind_for_missing(spec.program),
                "cannot find the program " + spec.program + (is_path ? "" : " in PATH"));
    if (const KnownProgram* entry = known(spec.program)) {
        const std::string package(entry->package);
        error.with_hint("Install the package " + package + ": apt install " + package);
    } else {
        error.with_hint("Install it, or add its folder to PATH.");
    }
    throw error;
}

}  // namespace rehearse::process
