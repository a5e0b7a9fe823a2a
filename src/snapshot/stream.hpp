#pragma once

#include "rehearse/snapshot/snapshot.hpp"

#include "snapshot/file.hpp"

namespace rehearse::snapshot {

// By the first bytes of a file.
Compression compression_of(const File& file);

// The decompressed bytes of all members (gzip) or frames (zstd). The source throws Unusable when
// the stream is damaged or ends too early.
ByteSource decompressed(ByteSource compressed, Compression compression);

}  // namespace rehearse::snapshot
