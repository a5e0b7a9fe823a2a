#pragma once

#include "rehearse/snapshot/archive.hpp"

#include "snapshot/file.hpp"

#include <string>
#include <vector>

namespace rehearse::snapshot {

// Where one entry's data is: what ReadExtraToc of each format reads.
struct DataPlace {
    enum class Offset {
        not_set = 1,
        set = 2,
        no_data = 3
    };  // K_OFFSET_... in pg_backup_archiver.h

    Offset state = Offset::no_data;  // custom
    std::uint64_t offset = 0;        // custom: of the data block's header
    std::string file;                // directory and tar: empty for no data
    bool by_copy = false;            // COPY data, else INSERT statements
};

struct Contents {
    Archive archive;
    std::vector<DataPlace> places;  // one an entry
};

// The format byte of the header (ArchiveFormat in pg_backup.h). A directory's toc.dat says tar.
enum class FormatCode { custom = 1, tar = 3 };

// The oldest and newest archive formats that are understood: PostgreSQL 9.0 and 18.
inline constexpr int kOldestFormatMinor = 12;
inline constexpr int kNewestFormatMinor = 16;

// Reads the header: everything but the entries. Throws Unusable.
Archive read_archive_head(Cursor& cursor, FormatCode expected);
// Reads header and table of contents; the cursor then stands behind them.
Contents read_contents(Cursor& cursor, FormatCode expected);

// "table of contents" entries for messages: "public.audit_log".
std::string label_of(const TocEntry& entry);

}  // namespace rehearse::snapshot
