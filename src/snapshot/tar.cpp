#include "snapshot/layouts.hpp"
#include "snapshot/unusable.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace rehearse::snapshot {

namespace {

constexpr std::uint64_t kBlock = 512;
using Block = std::array<char, kBlock>;

struct Member {
    std::uint64_t begin = 0;  // of its content
    std::uint64_t size = 0;
};

// A number field: octal digits, or with the highest bit set big-endian base 256 (files over 8 GB).
std::optional<std::uint64_t> number_in(std::string_view field) {
    std::uint64_t value = 0;
    if ((static_cast<unsigned char>(field.front()) & 0x80U) != 0) {
        for (const char c : field.substr(field.size() - 8)) {
            value = (value << 8U) | static_cast<unsigned char>(c);
        }
        return value;
    }
    for (const char c : field) {
        if (c == '\0' || c == ' ') continue;
        if (c < '0' || c > '7') return std::nullopt;
        value = (value << 3U) | static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

// POSIX ustar: the sum of all bytes with the checksum's own field taken as blanks.
bool checksum_is_right(const Block& block) {
    std::uint64_t sum = 8 * std::uint64_t{' '};
    for (std::size_t i = 0; i < block.size(); ++i) {
        if (i < 148 || i >= 156) sum += static_cast<unsigned char>(block[i]);
    }
    return number_in({block.data() + 148, 8}) == sum;
}

bool is_zero(const Block& block) {
    return std::all_of(block.begin(), block.end(), [](char c) { return c == '\0'; });
}

std::string name_in(const Block& block) {
    const std::string_view field(block.data(), 100);
    return std::string(field.substr(0, field.find('\0')));
}

bool read_block(const File& file, std::uint64_t offset, Block& block) {
    return file.read_at(offset, block) == block.size();
}

Member member_at(const File& file, std::uint64_t offset, const Block& block) {
    const auto size = number_in({block.data() + 124, 12});
    if (!checksum_is_right(block) || !size) {
        throw Unusable("damaged: no tar header at byte " + std::to_string(offset));
    }
    const Member member{offset + kBlock, *size};
    if (member.begin > file.size() || *size > file.size() - member.begin) {
        throw Unusable("cut off: " +
                       std::to_string(*size - (file.size() - std::min(file.size(), member.begin))) +
                       " of the " + std::to_string(*size) + " bytes of " + name_in(block) +
                       " are missing");
    }
    return member;
}

std::map<std::string, Member> read_members(const File& file) {
    std::map<std::string, Member> members;
    Block block{};
    std::uint64_t offset = 0;
    for (;;) {
        if (!read_block(file, offset, block)) {
            throw Unusable("cut off: it has no end-of-archive mark");
        }
        if (is_zero(block)) break;
        const Member member = member_at(file, offset, block);
        members[name_in(block)] = member;
        offset = member.begin + (member.size + kBlock - 1) / kBlock * kBlock;
    }
    // The mark is two blocks of zeros.
    if (!read_block(file, offset + kBlock, block) || !is_zero(block)) {
        throw Unusable("cut off inside its end-of-archive mark");
    }
    return members;
}

Member first_member(const File& file) {
    Block block{};
    if (!read_block(file, 0, block)) throw Unusable("cut off inside its first tar header");
    if (name_in(block) != "toc.dat") {
        throw Unusable("a tar file, but its first member is not the toc.dat of pg_dump -Ft",
                       {"If it holds a directory dump, unpack it and give the folder."});
    }
    return member_at(file, 0, block);
}

}  // namespace

bool looks_like_tar(const File& file) {
    Block block{};
    return read_block(file, 0, block) &&
           std::string_view(block.data() + 257, 5) == std::string_view("ustar") &&
           checksum_is_right(block);
}

Archive read_tar_head(const File& file) {
    const Member toc = first_member(file);
    Cursor cursor(file, toc.begin, toc.begin + toc.size);
    return read_archive_head(cursor, FormatCode::tar);
}

Contents read_tar(const File& file) {
    const Member toc = first_member(file);
    Cursor cursor(file, toc.begin, toc.begin + toc.size);
    Contents contents = read_contents(cursor, FormatCode::tar);
    const auto members = read_members(file);
    bool large_objects_counted = false;
    for (std::size_t i = 0; i < contents.places.size(); ++i) {
        TocEntry& entry = contents.archive.entries[i];
        if (!entry.has_data) continue;
        if (entry.desc == "BLOBS") {
            // One member for each large object. Which of several BLOBS entries (since 17) has which
            // is not worth knowing: the first gets them all.
            if (std::exchange(large_objects_counted, true)) continue;
            for (const auto& [name, member] : members) {
                if (name.starts_with("blob_")) entry.data_bytes += member.size;
            }
            continue;
        }
        const auto found = members.find(contents.places[i].file);
        if (found == members.end()) {
            throw Unusable("cut off: the data of " + label_of(entry) + " (" +
                           contents.places[i].file + ") is missing");
        }
        entry.data_bytes = found->second.size;
    }
    return contents;
}

}  // namespace rehearse::snapshot
