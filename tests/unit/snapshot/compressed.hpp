#pragma once

#include <string>

namespace rehearse::test {

std::string gzipped(const std::string& text);
std::string zstd_compressed(const std::string& text);
// One lz4 frame with a block for every `block` bytes, stored as they are.
std::string lz4_stored(const std::string& text, std::size_t block);

}  // namespace rehearse::test
