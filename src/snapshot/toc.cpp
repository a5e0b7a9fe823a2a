#include "snapshot/toc.hpp"

#include "snapshot/unusable.hpp"

#include <array>
#include <cstring>
#include <ctime>

namespace rehearse::snapshot {

namespace {

// pg_dump stores local time and not its zone: mktime() takes it for our own. The epoch for a time
// that cannot be.
WallClock::time_point read_creation_time(Cursor& cursor) {
    std::array<int, 7> fields{};
    for (int& field : fields) field = static_cast<int>(cursor.integer());
    std::tm local{};
    local.tm_sec = fields[0];
    local.tm_min = fields[1];
    local.tm_hour = fields[2];
    local.tm_mday = fields[3];
    local.tm_mon = fields[4];
    local.tm_year = fields[5];
    local.tm_isdst = -1;
    // Far enough for pg_dump, and what a WallClock can count in nanoseconds.
    constexpr std::time_t kYear2200 = 7258118400;
    const std::time_t time = std::mktime(&local);
    return time < 0 || time > kYear2200 ? WallClock::time_point{} : WallClock::from_time_t(time);
}

void check_format_version(const Archive& archive) {
    if (archive.version_major == 1 && archive.version_minor >= kOldestFormatMinor &&
        archive.version_minor <= kNewestFormatMinor) {
        return;
    }
    const std::string version =
        std::to_string(archive.version_major) + "." + std::to_string(archive.version_minor);
    if (archive.version_major == 1 && archive.version_minor < kOldestFormatMinor) {
        throw Unusable("archive format " + version + " is older than PostgreSQL 9.0",
                       {"Take the dump again with a newer pg_dump."});
    }
    const std::string writer = archive.dump_version_text.empty()
                                   ? std::string("a newer pg_dump")
                                   : "pg_dump " + archive.dump_version_text;
    throw Unusable(
        "written by " + writer + " in archive format " + version +
            "; this rehearse reads up to 1." + std::to_string(kNewestFormatMinor) +
            " (PostgreSQL 18)",
        {"Use a newer rehearse.", "Take the dump with the pg_dump of PostgreSQL 18 or older."});
}

// ReadOffset: a flag, then the offset, least significant byte first.
void read_offset(Cursor& cursor, int offset_size, DataPlace& place) {
    const int flag = cursor.byte();
    if (flag < 1 || flag > 3) throw Unusable("damaged: unknown data offset flag");
    place.state = static_cast<DataPlace::Offset>(flag);
    for (int i = 0; i < offset_size; ++i) {
        const auto part = static_cast<std::uint64_t>(cursor.byte());
        if (i < 8) {
            place.offset |= part << (8 * i);
        } else if (part != 0) {
            throw Unusable("damaged: a data offset is out of range");
        }
    }
}

struct Header {
    Archive archive;
    int integer_size = 4;
    int offset_size = 8;
};

void read_header(Cursor& cursor, FormatCode expected, Header& header) {
    std::array<char, 5> magic{};
    cursor.bytes(magic);
    if (std::memcmp(magic.data(), "PGDMP", magic.size()) != 0) {
        throw Unusable("no pg_dump archive");
    }
    Archive& archive = header.archive;
    std::array<char, 3> version{};
    cursor.bytes(version);
    archive.version_major = static_cast<unsigned char>(version[0]);
    archive.version_minor = static_cast<unsigned char>(version[1]);
    archive.version_rev = static_cast<unsigned char>(version[2]);
    if (archive.version_major == 1 && archive.version_minor < kOldestFormatMinor) return;
    header.integer_size = cursor.byte();
    header.offset_size = cursor.byte();
    const int format = cursor.byte();
    if (header.integer_size < 1 || header.integer_size > 32 || header.offset_size < 1 ||
        header.offset_size > 32) {
        throw Unusable("damaged: impossible integer size in its header");
    }
    cursor.set_integer_size(header.integer_size);
    if (format != static_cast<int>(expected)) {
        throw Unusable("damaged: its header names another format");
    }
    // 1.15 names the algorithm in a byte; before that a zlib level, 0 for none.
    archive.compressed = archive.version_minor >= 15 ? cursor.byte() != 0 : cursor.integer() != 0;
    archive.taken_at = read_creation_time(cursor);
    archive.database = cursor.text();
    const std::string server = cursor.text();
    archive.dump_version_text = cursor.text();
    archive.server_version = pg::ServerVersion::parse(server).value_or(pg::ServerVersion{});
}

// A header of a newer format is read as far as it makes sense, to say who wrote it; that its format
// is unknown outweighs whatever else seems wrong with it.
Header read_checked_header(Cursor& cursor, FormatCode expected) {
    Header header;
    try {
        read_header(cursor, expected, header);
    } catch (const Cursor::CutOff&) {
        if (header.archive.version_major > 0) check_format_version(header.archive);
        throw Unusable("cut off inside its header");
    } catch (const Unusable&) {
        if (header.archive.version_major > 0) check_format_version(header.archive);
        throw;
    }
    check_format_version(header.archive);
    return header;
}

TocEntry read_entry(Cursor& cursor, const Header& header, FormatCode format, DataPlace& place) {
    const int minor = header.archive.version_minor;
    TocEntry entry;
    entry.dump_id = static_cast<int>(cursor.integer());
    if (entry.dump_id <= 0) throw Unusable("damaged: an entry of its table of contents has no id");
    entry.has_data = cursor.integer() != 0;
    cursor.text();  // oid of the catalog
    cursor.text();  // oid of the object
    entry.tag = cursor.text();
    entry.desc = cursor.text();
    entry.section = static_cast<int>(cursor.integer());
    entry.definition = cursor.text();
    cursor.text();  // DROP statement
    place.by_copy = !cursor.text().empty();
    entry.schema = cursor.text();
    cursor.text();                      // tablespace
    if (minor >= 14) cursor.text();     // table access method
    if (minor >= 16) cursor.integer();  // relkind
    entry.owner = cursor.text();
    cursor.text();                   // WITH OIDS
    while (cursor.text_or_null()) {  // ids of the entries that this one depends on
    }
    if (format == FormatCode::custom) {
        read_offset(cursor, header.offset_size, place);
        entry.has_data = place.state != DataPlace::Offset::no_data;
    } else {
        place.file = cursor.text();
        entry.has_data = !place.file.empty();
    }
    return entry;
}

}  // namespace

Archive read_archive_head(Cursor& cursor, FormatCode expected) {
    return read_checked_header(cursor, expected).archive;
}

Contents read_contents(Cursor& cursor, FormatCode expected) {
    Header header = read_checked_header(cursor, expected);
    Contents contents;
    try {
        const std::int64_t count = cursor.integer();
        if (count < 0) throw Unusable("damaged: impossible number of entries");
        // The count is not trusted with memory: each entry takes some bytes of the file first.
        for (std::int64_t i = 0; i < count; ++i) {
            DataPlace place;
            header.archive.entries.push_back(read_entry(cursor, header, expected, place));
            contents.places.push_back(std::move(place));
        }
    } catch (const Cursor::CutOff&) {
        throw Unusable("cut off inside its table of contents");
    }
    contents.archive = std::move(header.archive);
    return contents;
}

std::string label_of(const TocEntry& entry) {
    return entry.schema.empty() ? entry.tag : entry.schema + "." + entry.tag;
}

}  // namespace rehearse::snapshot
