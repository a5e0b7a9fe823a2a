#include "restore/limits.hpp"

namespace rehearse::restore {

namespace {

// An empty cluster with its WAL.
constexpr std::uint64_t kClusterBytes = 100 << 20;

// Measured on tables with the usual indexes: gzip and zstd take COPY text to a quarter or a fifth;
// heap and indexes take 1.3 to 2 times the text.
constexpr std::uint64_t kFromCompressed = 6;
constexpr std::uint64_t kFromText = 2;

}  // namespace

std::uint64_t estimated_bytes(const snapshot::Snapshot& snapshot) {
    if (snapshot.format == snapshot::Format::plain) {
        return kClusterBytes + snapshot.uncompressed_bytes * kFromText;
    }
    const bool compressed = snapshot.archive && snapshot.archive->compressed;
    return kClusterBytes + snapshot.size_bytes * (compressed ? kFromCompressed : kFromText);
}

int newest_format_for(pg::ServerVersion tools) {
    if (tools.major() >= 17) return 16;
    if (tools.major() == 16) return 15;
    if (tools.major() >= 12) return 14;
    return 13;
}

}  // namespace rehearse::restore
