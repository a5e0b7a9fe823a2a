#include "unit/snapshot/compressed.hpp"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>

namespace rehearse::test {

namespace {

std::string little_endian(std::uint32_t value) {
    std::string bytes;
    for (int i = 0; i < 4; ++i, value >>= 8U) bytes += static_cast<char>(value & 0xFFU);
    return bytes;
}

}  // namespace

std::string gzipped(const std::string& text) {
    std::string out(compressBound(text.size()) + 64, '\0');
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstd_compressed(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

std::string lz4_stored(const std::string& text, std::size_t block) {
    std::string bytes = little_endian(0x184D2204);
    bytes += "\x60\x40\x82";  // version 1 with independent blocks of up to 64 kB, and the header's
                              // checksum
    for (std::size_t i = 0; i < text.size(); i += block) {
        const std::string part = text.substr(i, block);
        bytes += little_endian(0x80000000U | static_cast<std::uint32_t>(part.size())) + part;
    }
    return bytes + little_endian(0);
}

}  // namespace rehearse::test
