#include "take/client_programs.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"

#include <cstdlib>
#include <map>
#include <optional>
#include <vector>

namespace rehearse::take {

namespace {

std::vector<fs::path> candidate_folders() {
    const char* chosen = std::getenv("REHEARSE_PG_BINDIR");
    if (chosen != nullptr && *chosen != '\0') return {chosen};
    std::vector<fs::path> folders;
    std::error_code ignored;
    // Debian and Ubuntu: /usr/lib/postgresql/15/bin; the RPMs of the PostgreSQL project:
    // /usr/pgsql-15/bin.
    for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", ignored))
        folders.push_back(entry.path() / "bin");
    for (const auto& entry : fs::directory_iterator("/usr", ignored)) {
        if (entry.path().filename().string().starts_with("pgsql-"))
            folders.push_back(entry.path() / "bin");
    }
    if (const auto in_path = process::find_program("pg_dump"))
        folders.push_back(in_path->parent_path());
    return folders;
}

// "pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
std::optional<pg::ServerVersion> version_of(const fs::path& folder,
                                            process::ProcessRunner& runner) {
    process::ProcessSpec spec;
    spec.program = folder / "pg_dump";
    spec.args = {"--version"};
    if (!process::find_program(spec.program)) return std::nullopt;
    const auto result = runner.run(spec);
    const auto begin = result.out.find(") ");
    if (!result.ok() || begin == std::string::npos) return std::nullopt;
    return pg::ServerVersion::parse(std::string_view(result.out).substr(begin + 2));
}

}  // namespace

fs::path find_client_folder(pg::ServerVersion server, process::ProcessRunner& runner,
                            Progress& progress) {
    std::map<int, fs::path> by_major;
    for (const auto& folder : candidate_folders()) {
        if (const auto version = version_of(folder, runner))
            by_major.try_emplace(version->major(), folder);
    }
    const auto nearest = by_major.lower_bound(server.major());
    const std::string major = std::to_string(server.major());
    if (nearest != by_major.end()) {
        if (nearest->first > server.major()) {
            progress.note("the dump is made by pg_dump " + std::to_string(nearest->first) +
                          "; the pg_restore of PostgreSQL " + major +
                          " may not read it (apt install postgresql-client-" + major + ")");
        }
        return nearest->second;
    }
    std::string what = "no pg_dump for PostgreSQL " + major + " is installed";
    if (!by_major.empty()) what += "; the newest is of " + std::to_string(by_major.rbegin()->first);
    throw Error(ErrorKind::snapshot, what,
                {"Install it: apt install postgresql-client-" + major,
                 "Or name the folder of its programs in REHEARSE_PG_BINDIR."});
}

}  // namespace rehearse::take
