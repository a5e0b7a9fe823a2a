#include "snapshot/data_file.hpp"

#include "rehearse/base/interrupt.hpp"

#include "snapshot/stream.hpp"
#include "snapshot/unusable.hpp"

#include <array>
#include <memory>
#include <string_view>

namespace rehearse::snapshot {

namespace {

constexpr std::uint64_t kZstdMagic = 0xFD2FB528;
constexpr std::uint64_t kLz4Magic = 0x184D2204;

// Magic numbers 0x184D2A50 to ...5F mark a frame to be skipped, in both formats.
bool is_skippable(std::uint64_t magic) {
    return (magic & 0xFFFFFFF0U) == 0x184D2A50U;
}

// RFC 8878, 3.1.1: a header, blocks of known length, an optional checksum.
void skip_zstd_frame(Cursor& cursor) {
    constexpr std::array<std::uint64_t, 4> kDictionaryIdBytes{0, 1, 2, 4};
    constexpr std::array<std::uint64_t, 4> kContentSizeBytes{0, 2, 4, 8};
    const auto descriptor = static_cast<unsigned>(cursor.byte());
    const bool single_segment = (descriptor & 0x20U) != 0;
    const bool has_checksum = (descriptor & 0x04U) != 0;
    std::uint64_t content_size_bytes = kContentSizeBytes[descriptor >> 6U];
    if (single_segment && content_size_bytes == 0) content_size_bytes = 1;
    cursor.skip((single_segment ? 0 : 1) + kDictionaryIdBytes[descriptor & 3U] +
                content_size_bytes);
    for (bool last = false; !last;) {
        const std::uint64_t block = cursor.little_endian(3);
        constexpr std::uint64_t kRunLength = 1;
        last = (block & 1U) != 0;
        cursor.skip(((block >> 1U) & 3U) == kRunLength ? 1 : block >> 3U);
    }
    if (has_checksum) cursor.skip(4);
}

// LZ4 frame format 1.6.2: the same idea.
void skip_lz4_frame(Cursor& cursor) {
    const auto flags = static_cast<unsigned>(cursor.byte());
    const bool block_checksums = (flags & 0x10U) != 0;
    const bool content_size = (flags & 0x08U) != 0;
    const bool content_checksum = (flags & 0x04U) != 0;
    const bool dictionary = (flags & 0x01U) != 0;
    cursor.skip(2U + (content_size ? 8U : 0U) + (dictionary ? 4U : 0U));
    for (;;) {
        const std::uint64_t block = cursor.little_endian(4);
        if (block == 0) break;
        cursor.skip((block & 0x7FFFFFFFU) + (block_checksums ? 4U : 0U));
    }
    if (content_checksum) cursor.skip(4);
}

bool frames_end_properly(const File& file, DataCompression compression) {
    Cursor cursor(file, 0, file.size());
    try {
        do {
            Interrupt::throw_if_requested();
            const std::uint64_t magic = cursor.little_endian(4);
            if (is_skippable(magic)) {
                cursor.skip(cursor.little_endian(4));
            } else if (compression == DataCompression::zstd && magic == kZstdMagic) {
                skip_zstd_frame(cursor);
            } else if (compression == DataCompression::lz4 && magic == kLz4Magic) {
                skip_lz4_frame(cursor);
            } else {
                return false;
            }
        } while (!cursor.at_end());
    } catch (const Cursor::CutOff&) {
        return false;
    }
    return true;
}

// What pg_dump writes behind the last row: COPY's end mark and two line feeds, or behind INSERT
// statements two line feeds.
bool rows_end_properly(const File& file, bool by_copy) {
    const std::string_view end = by_copy ? "\\.\n\n\n" : "\n\n";
    if (file.size() < end.size()) return false;
    std::string tail(end.size(), '\0');
    return file.read_at(file.size() - end.size(), tail) == end.size() && tail == end;
}

}  // namespace

std::optional<DataFile> find_data_file(const std::filesystem::path& folder,
                                       const std::string& name) {
    // A hostile table of contents could point anywhere.
    if (name.find('/') != std::string::npos || name == "." || name == "..") return std::nullopt;
    constexpr std::array<std::pair<std::string_view, DataCompression>, 4> kVariants{{
        {"", DataCompression::none},
        {".gz", DataCompression::gzip},
        {".lz4", DataCompression::lz4},
        {".zst", DataCompression::zstd},
    }};
    for (const auto& [suffix, compression] : kVariants) {
        const auto path = folder / (name + std::string(suffix));
        std::error_code error;
        if (!std::filesystem::is_regular_file(path, error)) continue;
        DataFile found{path, compression, std::filesystem::file_size(path, error), {}};
        found.written_at = std::filesystem::last_write_time(path, error);
        if (!error) return found;
    }
    return std::nullopt;
}

bool ends_properly(const DataFile& data_file, bool by_copy) {
    const File file(data_file.path);
    switch (data_file.compression) {
        case DataCompression::none:
            return rows_end_properly(file, by_copy);
        case DataCompression::gzip:
            return file.size() > 0;
        case DataCompression::lz4:
        case DataCompression::zstd:
            return frames_end_properly(file, data_file.compression);
    }
    return false;
}

bool gzip_ends_properly(const DataFile& data_file) {
    const auto source =
        decompressed(stream_of(std::make_shared<File>(data_file.path)), Compression::gzip);
    std::vector<char> buffer(256 * 1024);
    try {
        while (source(buffer) > 0) Interrupt::throw_if_requested();
    } catch (const Unusable&) {
        return false;
    }
    return true;
}

}  // namespace rehearse::snapshot
