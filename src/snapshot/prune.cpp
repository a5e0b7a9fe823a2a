#include "rehearse/snapshot/prune.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/snapshot/manifest.hpp"
#include "rehearse/snapshot/remote.hpp"

#include "snapshot/read.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>

namespace rehearse::snapshot {

namespace {

// Longer than any take: one that lost its lock, on a network's file system, is still left alone.
constexpr auto kAbandonedAfter = std::chrono::hours(24);

struct Bundle {
    std::string name;
    WallClock::time_point taken_at;
    bool complete = false;
};

std::vector<fs::path> folders_in(const fs::path& place) {
    std::vector<fs::path> folders;
    try {
        for (const auto& entry : fs::directory_iterator(place)) {
            // What a link leads to is not in this place.
            if (entry.is_directory() && !entry.is_symlink()) folders.push_back(entry.path());
        }
    } catch (const fs::filesystem_error& error) {
        throw Error(
            ErrorKind::snapshot,
            "cannot look for snapshots in " + place.string() + ": " + error.code().message(),
            {"Name the folder with --snapshots DIR."});
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

bool is_partial(const fs::path& folder) {
    return folder.extension() == kPartialEnding;
}

std::vector<Bundle> newest_first(const std::vector<fs::path>& folders) {
    std::vector<Bundle> bundles;
    for (const auto& folder : folders) {
        const auto manifest = is_partial(folder) ? std::nullopt : read_manifest(folder);
        if (!manifest) continue;
        bundles.push_back(
            {folder.filename(), manifest->taken_at, size_fault(*manifest, folder).empty()});
    }
    std::sort(bundles.begin(), bundles.end(), [](const Bundle& a, const Bundle& b) {
        return std::tie(a.taken_at, a.name) > std::tie(b.taken_at, b.name);
    });
    return bundles;
}

bool is_abandoned(const fs::path& folder) {
    std::error_code ignored;
    const fs::path lock = folder / kWriterLockName;
    const bool has_lock = fs::is_regular_file(lock, ignored);
    if (!is_partial(folder) || (!has_lock && !read_manifest(folder))) return false;
    if (WallClock::now() - last_written(folder) < kAbandonedAfter) return false;
    return !has_lock || FileLock::try_lock(lock).has_value();
}

// First under a name that nobody takes for a snapshot: a half removed one is none.
void remove_bundle(const fs::path& folder) {
    fs::path doomed = folder;
    std::error_code failure;
    if (!is_partial(folder)) {
        doomed += kPartialEnding;
        fs::rename(folder, doomed, failure);
    }
    if (!failure && remove_tree(doomed)) return;
    throw Error(ErrorKind::snapshot, "cannot remove " + folder.string(),
                {"Look at its permissions, and remove it by hand."});
}

std::vector<std::string> prune_remote(const PruneOptions& options, Remote remote) {
    std::vector<std::string> doomed;
    std::size_t kept = 0;
    for (const auto& one : remote.list().complete) {
        if (one.manifest && ++kept > options.keep) doomed.push_back(one.name);
    }
    for (const auto& name : doomed) {
        if (!options.dry_run) remote.remove(name);
    }
    return doomed;
}

}  // namespace

std::vector<std::string> prune_snapshots(const PruneOptions& options,
                                         process::ProcessRunner& runner, Progress& progress) {
    const std::string place = options.place.string();
    if (is_remote(place)) return prune_remote(options, Remote(place, runner));
    const auto folders = folders_in(options.place);
    std::vector<std::string> doomed;
    std::size_t kept = 0;
    for (const auto& bundle : newest_first(folders)) {
        if (kept == options.keep) {
            doomed.push_back(bundle.name);
        } else if (bundle.complete) {
            ++kept;
        } else {
            progress.warn(bundle.name + " is not complete; it stays, and does not count");
        }
    }
    for (const auto& folder : folders) {
        if (is_abandoned(folder)) doomed.push_back(folder.filename());
    }
    for (const auto& name : doomed) {
        if (!options.dry_run) remove_bundle(options.place / name);
    }
    return doomed;
}

}  // namespace rehearse::snapshot
