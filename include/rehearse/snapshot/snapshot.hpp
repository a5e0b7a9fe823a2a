#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/base/progress.hpp"
#include "rehearse/process/process.hpp"
#include "rehearse/snapshot/archive.hpp"
#include "rehearse/snapshot/manifest.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rehearse::snapshot {

enum class Format { custom, directory, tar, plain };
enum class Compression { none, gzip, zstd };  // of a plain dump's file; archives compress inside

std::string_view to_string(Format format);

// One complete pg_dump of production.
struct Snapshot {
    std::string name;  // file or folder name
    std::filesystem::path path;
    Format format = Format::custom;
    Compression compression = Compression::none;
    WallClock::time_point taken_at;  // the manifest's, else the dump's own creation time, else a
                                     // date in its name, else the file's time
    std::string taken_at_source;     // "manifest", "dump", "name", "file"
    std::uint64_t size_bytes = 0;
    pg::ServerVersion server_version;  // number 0 when a plain dump does not say
    std::string database;              // empty when a plain dump does not say
    std::optional<Archive> archive;    // not for plain dumps
    // Of a bundle of ours, and the bundle's folder: the dump lies in it.
    std::optional<Manifest> manifest;
    std::filesystem::path bundle;
    // What a plain dump's text asks for (archives: from their entries).
    std::vector<std::string> roles;
    std::vector<std::string> extensions;
    std::uint64_t uncompressed_bytes = 0;  // plain: bytes of SQL; 0 otherwise
    // Plain dumps only, as the text has them; empty where it does not say.
    std::string encoding;  // client_encoding, which is the database's unless pg_dump -E changed it
    std::string create_database;  // the CREATE DATABASE statement of pg_dump --create

    // For as long as it lives nobody removes the snapshot; empty where its file system has no
    // locks.
    std::shared_ptr<const FileLock> in_use;

    double age_days(WallClock::time_point now) const;
};

struct Skipped {
    std::string name;
    std::string
        why;  // "cut off: 3,102 of its 7,480 bytes of data are missing", "still being written"
};

struct Choice {
    Snapshot snapshot;
    std::vector<Skipped> skipped;  // newer ones that were passed over
};

// Answers "latest", "latest~N", a name inside `place`, or a path. Throws Error(snapshot) that names
// the place and what was found there. Never picks a snapshot that is still being written or is cut
// off.
Choice find_snapshot(const std::string& wanted, const std::filesystem::path& place,
                     Progress& progress);

// The complete snapshots of a place, newest first, and what was passed over. Throws Error(snapshot)
// when the folder cannot be read.
struct SnapshotList {
    std::vector<Snapshot> complete;
    std::vector<Skipped> skipped;
};
SnapshotList list_snapshots(const std::filesystem::path& place, Progress& progress);

// Reads and checks one file or folder. Throws Error(snapshot) when it is no dump, cut off or
// unreadable.
Snapshot read_snapshot(const std::filesystem::path& path, Progress& progress);

// SHA-256 of the file, or of a directory dump's files in the order of their names, by the sha256sum
// program. Hex.
std::string sha256_of(const Snapshot& snapshot, process::ProcessRunner& runner);

// The SQL of a plain dump, decompressed; fills the buffer, 0 at the end. Throws Error(snapshot) on
// a damaged stream.
std::function<std::size_t(std::span<char>)> open_plain(const Snapshot& snapshot);

}  // namespace rehearse::snapshot
