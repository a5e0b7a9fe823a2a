#pragma once

#include "rehearse/base/time.hpp"
#include "rehearse/pg/types.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace rehearse::snapshot {

// One entry of a pg_dump archive's table of contents (src/bin/pg_dump/pg_backup_archiver.c,
// ReadToc).
struct TocEntry {
    int dump_id = 0;
    std::string tag;         // "audit_log"
    std::string desc;        // "TABLE", "TABLE DATA", "INDEX", "EXTENSION", ...
    int section = 0;         // 1 none, 2 pre-data, 3 data, 4 post-data (teSection)
    std::string definition;  // SQL; empty for data
    std::string schema;
    std::string owner;
    bool has_data = false;
    std::uint64_t data_bytes =
        0;  // size of its data as stored (compressed); 0 when it cannot be told
};

// The header and the table of contents of a custom, directory or tar archive, read without
// pg_restore so that any version can be told and a cut-off file can be seen.
struct Archive {
    int version_major = 0, version_minor = 0,
        version_rev = 0;  // archive format version, e.g. 1.14.0
    bool compressed = false;
    std::string database;
    pg::ServerVersion server_version;  // of the dumped server
    std::string dump_version_text;     // of pg_dump
    WallClock::time_point taken_at;    // pg_dump stores local time without its zone: read as ours
    std::vector<TocEntry> entries;
};

}  // namespace rehearse::snapshot
