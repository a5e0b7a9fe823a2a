#pragma once

#include "snapshot/file.hpp"

#include <filesystem>
#include <optional>

namespace rehearse::snapshot {

enum class DataCompression { none, gzip, lz4, zstd };

// A data file of a directory dump: `name` as the table of contents has it, with the suffix that
// pg_dump's compression adds.
struct DataFile {
    std::filesystem::path path;
    DataCompression compression = DataCompression::none;
    std::uint64_t size = 0;
    std::filesystem::file_time_type written_at;
};

// nullopt when none of the variants is there.
std::optional<DataFile> find_data_file(const std::filesystem::path& folder,
                                       const std::string& name);

// True when the file is seen to come to its end: uncompressed rows by their last bytes, lz4 and
// zstd by walking over their blocks. A gzip stream cannot be walked over: true unless it is empty.
bool ends_properly(const DataFile& file, bool by_copy);

// The same for gzip, by decompressing it all.
bool gzip_ends_properly(const DataFile& file);

}  // namespace rehearse::snapshot
