#include "snapshot/data_file.hpp"
#include "snapshot/layouts.hpp"
#include "snapshot/unusable.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>

namespace rehearse::snapshot {

namespace {

namespace fs = std::filesystem;

// Compressed bytes of gzip files that are decompressed at most to see their ends: well under a
// second.
constexpr std::uint64_t kGzipBudget = 64 << 20;

struct EntryFile {
    DataFile file;
    const TocEntry* entry;
};

// blobs.toc: a line "oid file" for each large object. A large object may be empty.
std::uint64_t large_object_bytes(const fs::path& folder, const DataFile& toc) {
    std::uint64_t total = 0;
    std::ifstream lines(toc.path);
    for (std::string oid, name; lines >> oid >> name;) {
        const auto file = find_data_file(folder, name);
        if (!file) throw Unusable("cut off: large object " + oid + " (" + name + ") is missing");
        total += file->size;
    }
    return total;
}

// When pg_dump is stopped, the files that it is writing are cut: those written last. Their streams
// are looked at; should a cut one escape this, pg_restore says so.
void check_last_written_gzip_files(std::vector<EntryFile>& files) {
    std::sort(files.begin(), files.end(), [](const EntryFile& a, const EntryFile& b) {
        return a.file.written_at > b.file.written_at;
    });
    std::uint64_t budget = kGzipBudget;
    for (const auto& [file, entry] : files) {
        if (file.written_at < files.front().file.written_at - std::chrono::seconds(1)) return;
        if (file.compression != DataCompression::gzip) continue;
        if (file.size > budget) return;
        budget -= file.size;
        if (!gzip_ends_properly(file)) {
            throw Unusable("cut off inside the data of " + label_of(*entry) + " (" +
                           file.path.filename().string() + ")");
        }
    }
}

}  // namespace

Contents read_directory(const fs::path& folder) {
    const File toc(folder / "toc.dat");
    Cursor cursor(toc, 0, toc.size());
    Contents contents = read_contents(cursor, FormatCode::tar);
    std::vector<EntryFile> files;
    for (std::size_t i = 0; i < contents.places.size(); ++i) {
        TocEntry& entry = contents.archive.entries[i];
        const DataPlace& place = contents.places[i];
        if (!entry.has_data) continue;
        const auto file = find_data_file(folder, place.file);
        if (!file) {
            throw Unusable("cut off: the data of " + label_of(entry) + " (" + place.file +
                           ") is missing");
        }
        if (entry.desc == "BLOBS") {
            entry.data_bytes = large_object_bytes(folder, *file);
            continue;
        }
        if (!ends_properly(*file, place.by_copy)) {
            throw Unusable("cut off inside the data of " + label_of(entry) + " (" +
                           file->path.filename().string() + ")");
        }
        entry.data_bytes = file->size;
        files.push_back({*file, &entry});
    }
    check_last_written_gzip_files(files);
    return contents;
}

}  // namespace rehearse::snapshot
