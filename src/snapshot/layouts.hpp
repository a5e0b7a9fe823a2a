#pragma once

#include "rehearse/base/progress.hpp"

#include "snapshot/toc.hpp"

#include <filesystem>

namespace rehearse::snapshot {

// One function per archive format: reads the contents, fills TocEntry::data_bytes and makes sure
// that all the data is there. Throws Unusable when it is not. Nothing is decompressed unless it
// says so.

// The file's blocks have to lead to its end. A dump that was written to a pipe carries no data
// offsets: then all blocks are walked over, and `progress` sees bytes.
Contents read_custom(const File& file, Progress& progress);

// toc.dat, and for every entry with data its file, complete as far as that can be seen: see
// data_file.hpp.
Contents read_directory(const std::filesystem::path& folder);

// Every member, and the end-of-archive blocks.
Contents read_tar(const File& file);
// Only the header.
Archive read_tar_head(const File& file);
bool looks_like_tar(const File& file);

}  // namespace rehearse::snapshot
