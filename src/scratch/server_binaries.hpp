#pragma once

#include "rehearse/pg/types.hpp"
#include "rehearse/process/process.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace rehearse::scratch {

// A folder with `postgres` and `initdb` in it.
struct ServerBinaries {
    std::filesystem::path folder;
    pg::ServerVersion version;

    std::string program(const std::string& name) const { return folder / name; }
};

// What this machine has, newest first: REHEARSE_PG_BINDIR alone where it is set, else where the
// distributions put servers, what pg_config says, and PATH.
std::vector<ServerBinaries> find_server_binaries(process::ProcessRunner& runner);

// The one for a snapshot of `wanted` version: the same major version, else the next newer one; any
// where `wanted` is not known. Throws Error(scratch) with the command that installs it.
const ServerBinaries& choose_server(const std::vector<ServerBinaries>& found,
                                    pg::ServerVersion wanted);

}  // namespace rehearse::scratch
