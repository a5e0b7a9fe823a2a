#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/pg/types.hpp"
#include "rehearse/process/process.hpp"

#include <filesystem>

namespace rehearse::take {

// The folder of a pg_dump that can dump a server of this version: of its own major version, else of
// the nearest newer one, which is noted. $REHEARSE_PG_BINDIR wins. Throws Error(snapshot) where
// there is none.
std::filesystem::path find_client_folder(pg::ServerVersion server, process::ProcessRunner& runner,
                                         Progress& progress);

}  // namespace rehearse::take
