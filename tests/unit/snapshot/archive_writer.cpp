#include "unit/snapshot/archive_writer.hpp"

#include <array>
#include <cstdio>
#include <fstream>

namespace rehearse::test {

namespace {

constexpr int kCustom = 1;
constexpr int kTar = 3;

std::string padded(std::string content) {
    content.resize((content.size() + 511) / 512 * 512, '\0');
    return content;
}

}  // namespace

ArchiveWriter::ArchiveWriter() {
    taken_at.tm_year = 126;
    taken_at.tm_mon = 10;
    taken_at.tm_mday = 22;
    taken_at.tm_hour = 3;
    taken_at.tm_isdst = -1;
}

ArchiveWriter::Entry& ArchiveWriter::add(const std::string& desc, const std::string& tag) {
    Entry entry;
    entry.dump_id = static_cast<int>(entries.size()) + 1;
    entry.desc = desc;
    entry.tag = tag;
    entry.owner = "app";
    entries.push_back(entry);
    return entries.back();
}

ArchiveWriter::Entry& ArchiveWriter::add_table_data(const std::string& tag,
                                                    const std::string& data) {
    Entry& entry = add("TABLE DATA", tag);
    entry.schema = "public";
    entry.section = 3;
    entry.has_data = true;
    entry.data = data;
    return entry;
}

std::string ArchiveWriter::integer(std::int64_t value) const {
    std::string bytes(1, value < 0 ? '\1' : '\0');
    auto rest = static_cast<std::uint64_t>(value < 0 ? -value : value);
    for (int i = 0; i < integer_size; ++i, rest >>= 8U) bytes += static_cast<char>(rest & 0xFFU);
    return bytes;
}

std::string ArchiveWriter::text(const std::string& value) const {
    return integer(static_cast<std::int64_t>(value.size())) + value;
}

std::string ArchiveWriter::head(int format) const {
    std::string bytes = "PGDMP";
    bytes += '\1';
    bytes += static_cast<char>(minor);
    bytes += '\0';
    bytes += static_cast<char>(integer_size);
    bytes += static_cast<char>(offset_size);
    bytes += static_cast<char>(format);
    bytes += minor >= 15 ? std::string(1, static_cast<char>(compression)) : integer(compression);
    for (const int field : {taken_at.tm_sec, taken_at.tm_min, taken_at.tm_hour, taken_at.tm_mday,
                            taken_at.tm_mon, taken_at.tm_year, taken_at.tm_isdst}) {
        bytes += integer(field);
    }
    return bytes + text(database) + text(server_version) + text(dump_version);
}

std::string ArchiveWriter::contents(int format, const std::vector<std::uint64_t>& offsets) const {
    std::string bytes = integer(static_cast<std::int64_t>(entries.size()));
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const Entry& entry = entries[i];
        bytes += integer(entry.dump_id) + integer(entry.has_data ? 1 : 0);
        bytes += text("1259") + text("16384");
        bytes += text(entry.tag) + text(entry.desc) + integer(entry.section);
        bytes += text(entry.definition) + text("DROP ...;");
        bytes += entry.has_data && !entry.is_insert ? text("COPY x FROM stdin;\n") : text("");
        bytes += entry.schema.empty() ? null_text() : text(entry.schema);
        bytes += text("");                       // tablespace
        if (minor >= 14) bytes += text("");      // table access method
        if (minor >= 16) bytes += integer('r');  // relkind
        bytes += text(entry.owner) + text("false");
        for (const int id : entry.depends_on) bytes += text(std::to_string(id));
        bytes += null_text();
        if (format == kCustom) {
            bytes += static_cast<char>(!entry.has_data ? 3 : offsets_set ? 2 : 1);
            std::uint64_t offset = offsets[i];
            for (int b = 0; b < offset_size; ++b, offset >>= 8U) {
                bytes += static_cast<char>(offset & 0xFFU);
            }
        } else {
            bytes += text(entry.has_data ? std::to_string(entry.dump_id) + ".dat" : "");
        }
    }
    return bytes;
}

// The data in chunks, as zlib hands them on.
std::string ArchiveWriter::block(const Entry& entry) const {
    constexpr std::size_t kChunk = 40;
    std::string bytes = (entry.desc == "BLOBS" ? '\3' : '\1') + integer(entry.dump_id);
    if (entry.desc == "BLOBS") bytes += integer(16655);
    for (std::size_t i = 0; i < entry.data.size(); i += kChunk) {
        bytes += text(entry.data.substr(i, kChunk));
    }
    bytes += integer(0);
    if (entry.desc == "BLOBS") bytes += integer(0);
    return bytes;
}

std::string ArchiveWriter::custom() const {
    std::vector<std::uint64_t> offsets(entries.size());
    const std::size_t toc_bytes = head(kCustom).size() + contents(kCustom, offsets).size();
    std::string blocks;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (!entries[i].has_data) continue;
        if (offsets_set) offsets[i] = toc_bytes + blocks.size();
        blocks += block(entries[i]);
    }
    return head(kCustom) + contents(kCustom, offsets) + blocks;
}

std::string ArchiveWriter::toc() const {
    return head(kTar) + contents(kTar, {});
}

std::string ArchiveWriter::tar_member(const std::string& name, const std::string& content) {
    std::array<char, 512> block{};
    std::snprintf(block.data(), 100, "%s", name.c_str());
    std::snprintf(block.data() + 100, 8, "%07o", 0600U);
    std::snprintf(block.data() + 124, 12, "%011lo", static_cast<unsigned long>(content.size()));
    std::snprintf(block.data() + 136, 12, "%011lo", 0UL);
    block[156] = '0';
    std::snprintf(block.data() + 257, 8, "ustar");
    block[263] = block[264] = '0';
    unsigned sum = 8 * ' ';
    for (const char c : block) sum += static_cast<unsigned char>(c);
    std::snprintf(block.data() + 148, 8, "%06o", sum);
    return std::string(block.data(), block.size()) + padded(content);
}

std::string ArchiveWriter::tar() const {
    std::string bytes = tar_member("toc.dat", toc());
    for (const auto& entry : entries) {
        if (!entry.has_data) continue;
        bytes += tar_member(std::to_string(entry.dump_id) + ".dat", entry.data);
    }
    return bytes + tar_member("restore.sql", "--\n") + std::string(1024, '\0');
}

void ArchiveWriter::write_directory(const std::filesystem::path& folder) const {
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "toc.dat", std::ios::binary) << toc();
    for (const auto& entry : entries) {
        if (!entry.has_data) continue;
        std::ofstream(folder / (std::to_string(entry.dump_id) + ".dat"), std::ios::binary)
            << entry.data;
    }
}

}  // namespace rehearse::test
