#include "rehearse/base/interrupt.hpp"

#include "snapshot/layouts.hpp"
#include "snapshot/unusable.hpp"

#include <algorithm>
#include <unordered_map>

namespace rehearse::snapshot {

namespace {

// Block types of pg_backup_custom.c.
constexpr int kDataBlock = 1;
constexpr int kLargeObjectsBlock = 3;

struct BlockHeader {
    int type = 0;
    std::int64_t dump_id = 0;
};

BlockHeader read_block_header(Cursor& cursor) {
    BlockHeader header;
    header.type = cursor.byte();
    header.dump_id = cursor.integer();
    if (header.type != kDataBlock && header.type != kLargeObjectsBlock) {
        throw Unusable("damaged: no data block at byte " + std::to_string(cursor.position()));
    }
    return header;
}

void skip_chunks(Cursor& cursor, std::uint64_t size, Progress& progress) {
    for (std::uint64_t chunks = 1;; ++chunks) {
        const std::int64_t length = cursor.integer();
        if (length == 0) return;
        if (length < 0) throw Unusable("damaged: negative chunk length");
        cursor.skip(static_cast<std::uint64_t>(length));
        if (chunks % 4096 == 0) {
            Interrupt::throw_if_requested();
            progress.update(cursor.position(), size, Progress::Unit::bytes, "");
        }
    }
}

void skip_block_body(Cursor& cursor, const BlockHeader& header, std::uint64_t size,
                     Progress& progress) {
    if (header.type == kDataBlock) {
        skip_chunks(cursor, size, progress);
        return;
    }
    // Large objects: an oid before each, 0 behind the last.
    while (cursor.integer() != 0) skip_chunks(cursor, size, progress);
}

Unusable cut_off_in(const TocEntry& entry) {
    return Unusable("cut off inside the data of " + label_of(entry));
}

// Every block from the end of the table of contents on, in the order in which it comes.
void walk_all_blocks(const File& file, Cursor& cursor, std::vector<TocEntry>& entries,
                     Progress& progress) {
    std::unordered_map<std::int64_t, TocEntry*> missing;
    for (auto& entry : entries) {
        if (entry.has_data) missing[entry.dump_id] = &entry;
    }
    while (!cursor.at_end()) {
        const std::uint64_t begin = cursor.position();
        const TocEntry* current = nullptr;
        try {
            const BlockHeader header = read_block_header(cursor);
            const auto found = missing.find(header.dump_id);
            if (found == missing.end()) {
                throw Unusable("damaged: a data block belongs to no entry");
            }
            current = found->second;
            skip_block_body(cursor, header, file.size(), progress);
            found->second->data_bytes = cursor.position() - begin;
            missing.erase(found);
        } catch (const Cursor::CutOff&) {
            if (current != nullptr) throw cut_off_in(*current);
            throw Unusable("cut off between two data blocks");
        }
    }
    for (const auto& entry : entries) {
        if (!missing.contains(entry.dump_id)) continue;
        throw Unusable("cut off: the data of " + label_of(entry) +
                       (missing.size() == 1
                            ? std::string()
                            : " and of " + std::to_string(missing.size() - 1) + " others") +
                       " is missing");
    }
}

// Offsets are written last, so their presence says that pg_dump came to its end; the file may have
// been cut since.
void check_recorded_offsets(const File& file, const Cursor& toc_end, Contents& contents,
                            Progress& progress) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < contents.places.size(); ++i) {
        if (contents.archive.entries[i].has_data) order.push_back(i);
    }
    const auto offset_of = [&](std::size_t i) { return contents.places[i].offset; };
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return offset_of(a) < offset_of(b); });
    for (std::size_t n = 0; n < order.size(); ++n) {
        TocEntry& entry = contents.archive.entries[order[n]];
        const std::uint64_t begin = offset_of(order[n]);
        if (begin >= file.size()) {
            throw Unusable("cut off: the data of " + label_of(entry) + " lies behind its end");
        }
        if (begin < toc_end.position()) throw Unusable("damaged: a data offset is out of range");
        // A download that reserves its space first has the right length and zeros in it.
        Cursor block = toc_end.at(begin);
        try {
            const BlockHeader header = read_block_header(block);
            if (header.dump_id != entry.dump_id) {
                throw Unusable("damaged: the data of " + label_of(entry) + " is not at its place");
            }
            if (n + 1 < order.size()) {
                entry.data_bytes = offset_of(order[n + 1]) - begin;
            } else {
                skip_block_body(block, header, file.size(), progress);
                entry.data_bytes = block.position() - begin;
                if (!block.at_end()) {
                    throw Unusable("damaged: " + std::to_string(file.size() - block.position()) +
                                   " bytes follow its last data block");
                }
            }
        } catch (const Cursor::CutOff&) {
            throw cut_off_in(entry);
        }
    }
}

}  // namespace

Contents read_custom(const File& file, Progress& progress) {
    Cursor cursor(file, 0, file.size());
    Contents contents = read_contents(cursor, FormatCode::custom);
    const bool offsets_set =
        std::any_of(contents.places.begin(), contents.places.end(),
                    [](const DataPlace& p) { return p.state == DataPlace::Offset::set; }) &&
        std::none_of(contents.places.begin(), contents.places.end(),
                     [](const DataPlace& p) { return p.state == DataPlace::Offset::not_set; });
    if (offsets_set) {
        check_recorded_offsets(file, cursor, contents, progress);
    } else {
        walk_all_blocks(file, cursor, contents.archive.entries, progress);
    }
    return contents;
}

}  // namespace rehearse::snapshot
