#pragma once

#include "rehearse/pg/types.hpp"
#include "rehearse/snapshot/snapshot.hpp"

#include <cstdint>

namespace rehearse::restore {

// Bytes of disk that the restored database takes, indexes included, by rule of thumb: an estimate
// on the safe side.
std::uint64_t estimated_bytes(const snapshot::Snapshot& snapshot);

// The newest archive format (minor version of 1.x) that this version's pg_restore reads
// (K_VERS_MINOR in pg_backup_archiver.h).
int newest_format_for(pg::ServerVersion tools);

}  // namespace rehearse::restore
