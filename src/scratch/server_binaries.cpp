#include "scratch/server_binaries.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>

namespace rehearse::scratch {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> candidate_folders(process::ProcessRunner& runner) {
    const char* chosen = std::getenv("REHEARSE_PG_BINDIR");
    if (chosen != nullptr && *chosen != '\0') return {chosen};

    std::vector<fs::path> folders;
    std::error_code ignored;
    // Debian and Ubuntu: /usr/lib/postgresql/15/bin; the RPMs of the PostgreSQL project:
    // /usr/pgsql-15/bin.
    for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
        folders.push_back(entry.path() / "bin");
    }
    for (const auto& entry : fs::directory_iterator("/usr", ignored)) {
        if (entry.path().filename().string().starts_with("pgsql-")) {
            folders.push_back(entry.path() / "bin");
        }
    }
    if (process::find_program("pg_config")) {
        process::ProcessSpec spec;
        spec.program = "pg_config";
        spec.args = {"--bindir"};
        const auto result = runner.run(spec);
        if (result.ok()) folders.emplace_back(trimmed(result.out));
    }
    if (const auto postgres = process::find_program("postgres")) {
        folders.push_back(fs::canonical(*postgres, ignored).parent_path());
    }
    return folders;
}

// "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"
std::optional<pg::ServerVersion> version_of(const fs::path& folder,
                                            process::ProcessRunner& runner) {
    if (!process::find_program(folder / "initdb")) return std::nullopt;
    process::ProcessSpec spec;
    spec.program = folder / "postgres";
    spec.args = {"--version"};
    if (!process::find_program(spec.program)) return std::nullopt;
    const auto result = runner.run(spec);
    const auto begin = result.out.find(") ");
    if (!result.ok() || begin == std::string::npos) return std::nullopt;
    return pg::ServerVersion::parse(std::string_view(result.out).substr(begin + 2));
}

}  // namespace

std::vector<ServerBinaries> find_server_binaries(process::ProcessRunner& runner) {
    std::vector<ServerBinaries> found;
    std::set<fs::path> seen;
    for (const fs::path& folder : candidate_folders(runner)) {
        std::error_code failure;
        const fs::path real = fs::canonical(folder, failure);
        if (failure || !seen.insert(real).second) continue;
        if (const auto version = version_of(real, runner)) found.push_back({real, *version});
    }
    std::ranges::sort(found, std::ranges::greater{}, &ServerBinaries::version);
    return found;
}

const ServerBinaries& choose_server(const std::vector<ServerBinaries>& found,
                                    pg::ServerVersion wanted) {
    const bool any = wanted.number == 0;
    if (any && !found.empty()) return found.front();
    const ServerBinaries* best = nullptr;
    for (const ServerBinaries& each :
         found) {  // newest first: the last that is new enough is the nearest
        if (each.version.major() < wanted.major()) break;
        if (best == nullptr || each.version.major() < best->version.major()) best = &each;
    }
    if (best != nullptr) return *best;

    std::string what = "no PostgreSQL server";
    std::string package = "postgresql";
    if (!any) {
        what += " of version " + std::to_string(wanted.major()) + " or newer";
        package += "-" + std::to_string(wanted.major());
    }
    what += " is installed";
    if (!found.empty()) {
        what += "; the newest is " + found.front().version.text() + " in " +
                found.front().folder.string();
    }
    throw Error(ErrorKind::scratch, what,
                {"Install it: apt install " + package,
                 "Or name the folder of its programs in REHEARSE_PG_BINDIR.",
                 "Or use a container: --engine docker"});
}

}  // namespace rehearse::scratch
