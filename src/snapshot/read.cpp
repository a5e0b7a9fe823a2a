#include "snapshot/read.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/size.hpp"

#include "snapshot/dates.hpp"
#include "snapshot/layouts.hpp"
#include "snapshot/needs.hpp"
#include "snapshot/plain.hpp"
#include "snapshot/unusable.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace rehearse::snapshot {

namespace {

namespace fs = std::filesystem;

WallClock::time_point written(const fs::path& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return {};
    return WallClock::from_time_t(status.st_mtime);
}

bool is_there(const fs::path& path) {
    std::error_code error;
    return fs::exists(path, error);
}

bool is_folder(const fs::path& path) {
    std::error_code error;
    return fs::is_directory(path, error);
}

// A bundle is a folder with the dump, a file or a folder, under this name.
fs::path dump_inside(const fs::path& path) {
    return is_folder(path) && !is_there(path / "toc.dat") && is_there(path / "dump") ? path / "dump"
                                                                                     : path;
}

std::uint64_t folder_bytes(const fs::path& folder) {
    std::uint64_t total = 0;
    std::error_code error;
    for (fs::directory_iterator file(folder, error), end; !error && file != end;
         file.increment(error)) {
        std::error_code gone;
        if (file->is_regular_file(gone)) total += file->file_size(gone);
    }
    return total;
}

void date(Snapshot& snapshot, std::optional<WallClock::time_point> own) {
    if (snapshot.manifest) {
        snapshot.taken_at_source = "manifest";
        snapshot.taken_at = snapshot.manifest->taken_at;
        return;
    }
    snapshot.taken_at_source = "dump";
    if (!own || *own == WallClock::time_point{}) {
        own = date_in(snapshot.name);
        snapshot.taken_at_source = "name";
    }
    if (!own) {
        own = written(snapshot.format == Format::directory ? snapshot.path / "toc.dat"
                                                           : snapshot.path);
        snapshot.taken_at_source = "file";
    }
    snapshot.taken_at = *own;
}

Archive read_custom_head(const File& file) {
    Cursor cursor(file, 0, file.size());
    return read_archive_head(cursor, FormatCode::custom);
}

Archive read_directory_head(const fs::path& folder) {
    const File toc(folder / "toc.dat");
    Cursor cursor(toc, 0, toc.size());
    return read_archive_head(cursor, FormatCode::tar);
}

Contents read_contents_of(const Snapshot& snapshot, Progress& progress) {
    if (snapshot.format == Format::directory) return read_directory(snapshot.path);
    const File file(snapshot.path);
    return snapshot.format == Format::tar ? read_tar(file) : read_custom(file, progress);
}

void take_from_archive(Snapshot& snapshot, Archive archive) {
    snapshot.server_version = archive.server_version;
    snapshot.database = archive.database;
    snapshot.roles = roles_needed_by(archive);
    snapshot.extensions = extensions_needed_by(archive);
    snapshot.archive = std::move(archive);
}

[[noreturn]] void throw_unreadable(const std::string& why) {
    throw Unusable("unreadable: " + why, {"Look at its permissions, and whose it is."});
}

// A folder of somebody else is no dump only as far as we may look into it.
void require_readable(const fs::path& path) {
    std::error_code error;
    (void)fs::exists(path / "toc.dat", error);
    if (error == std::errc::permission_denied) throw_unreadable(error.message());
}

std::optional<Manifest> readable_manifest(const fs::path& bundle) {
    try {
        return read_manifest(bundle);
    } catch (const Error& error) {
        throw_unreadable(error.message());
    }
}

}  // namespace

WallClock::time_point last_written(const fs::path& path) {
    WallClock::time_point newest = written(path);
    std::error_code error;
    if (!is_folder(path)) return newest;
    for (fs::recursive_directory_iterator
             file(path, fs::directory_options::skip_permission_denied, error),
         end;
         !error && file != end; file.increment(error)) {
        newest = std::max(newest, written(file->path()));
    }
    return newest;
}

Snapshot peek(const fs::path& path) {
    require_readable(path);
    Snapshot snapshot;
    // A path may end in a slash.
    snapshot.name = (path.has_filename() ? path : path.parent_path()).filename().string();
    snapshot.path = dump_inside(path);
    if (snapshot.path != path) {
        require_readable(snapshot.path);
        snapshot.bundle = path;
        snapshot.manifest = readable_manifest(path);
    }
    if (is_folder(snapshot.path)) {
        if (!is_there(snapshot.path / "toc.dat")) throw NotADump();
        snapshot.format = Format::directory;
        snapshot.size_bytes = folder_bytes(snapshot.path);
        date(snapshot, read_directory_head(snapshot.path).taken_at);
        return snapshot;
    }
    const auto file = std::make_shared<const File>(snapshot.path);
    snapshot.size_bytes = file->size();
    if (first_bytes(*file, 5) == "PGDMP") {
        snapshot.format = Format::custom;
        date(snapshot, read_custom_head(*file).taken_at);
    } else if (looks_like_tar(*file)) {
        snapshot.format = Format::tar;
        date(snapshot, read_tar_head(*file).taken_at);
    } else {
        const PlainHead head = read_plain_head(file);
        snapshot.format = Format::plain;
        snapshot.compression = head.compression;
        date(snapshot, head.started_on);
    }
    return snapshot;
}

Snapshot read_checked(const fs::path& path, Progress& progress) {
    Snapshot snapshot = peek(path);
    progress.begin("checking " + snapshot.name);
    if (snapshot.manifest) {
        const auto fault = size_fault(*snapshot.manifest, snapshot.bundle);
        if (!fault.empty()) throw Unusable("cut off: " + fault);
    }
    try {
        if (snapshot.format == Format::plain) {
            survey_plain(std::make_shared<const File>(snapshot.path), snapshot, progress);
        } else {
            take_from_archive(snapshot, read_contents_of(snapshot, progress).archive);
        }
    } catch (const Error& error) {
        // SQL that cannot be split is the fault of a migration everywhere but here.
        if (error.kind() != ErrorKind::migrations) throw;
        throw Unusable("damaged: " + error.message());
    }
    progress.end(format_bytes(snapshot.size_bytes) + ", " +
                 std::string(to_string(snapshot.format)) + " format");
    return snapshot;
}

Snapshot read_snapshot(const fs::path& path, Progress& progress) {
    try {
        return read_checked(path, progress);
    } catch (const Unusable& unusable) {
        throw Error(ErrorKind::snapshot, "cannot use " + path.string() + ": " + unusable.why(),
                    unusable.hints());
    }
}

}  // namespace rehearse::snapshot
