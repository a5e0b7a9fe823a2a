#include "rehearse/snapshot/prune.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/snapshot/manifest.hpp"
#include "rehearse/snapshot/remote.hpp"

#include "snapshot/read.hpp"
#include "snapshot/remote_prune.hpp"
#include "snapshot/remove_each.hpp"
#include "snapshot/wanted.hpp"

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
    auto folders = entries_of(place);
    std::error_code unknown;
    std::erase_if(folders, [&](const fs::path& path) {
        // What a link leads to is not in this place.
        return !fs::is_directory(fs::symlink_status(path, unknown));
    });
    return folders;
}

bool is_partial(const fs::path& folder) {
    return folder.extension() == kPartialEnding;
}

std::optional<Manifest> manifest_of(const fs::path& folder, Progress& progress) {
    try {
        return read_manifest(folder);
    } catch (const Error& error) {
        progress.warn(folder.filename().string() + " stays: " + error.message());
        return std::nullopt;
    }
}

std::vector<Bundle> newest_first(const std::vector<fs::path>& folders, Progress& progress) {
    std::vector<Bundle> bundles;
    for (const auto& folder : folders) {
        const auto manifest = is_partial(folder) ? std::nullopt : manifest_of(folder, progress);
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
    const fs::path mark = folder / kWriterLockName;
    const bool has_mark = fs::is_regular_file(mark, ignored);
    SilentProgress silent;
    if (!is_partial(folder) || (!has_mark && !manifest_of(folder, silent))) return false;
    if (WallClock::now() - last_written(folder) < kAbandonedAfter) return false;
    return !has_mark || FileLock::try_use(mark, FileLock::Use::exclusive);
}

Error cannot_remove(const fs::path& folder, const std::string& why) {
    return Error(ErrorKind::snapshot, "cannot remove " + folder.string() + ": " + why,
                 {"Look at its permissions, or remove it by hand."});
}

// All but its mark, by which the next prune knows it if this one is killed; then the mark.
void remove_marked(const fs::path& folder) {
    const auto mark = FileLock::try_lock(folder / kWriterLockName);
    if (!mark) throw cannot_remove(folder, "somebody writes or removes it");
    bool emptied = true;
    for (const auto& path : entries_of(folder)) {
        if (path.filename() != kWriterLockName) emptied = remove_tree(path) && emptied;
    }
    if (!emptied || !remove_tree(folder))
        throw cannot_remove(folder, "not all of it may be removed");
}

// First under a name that nobody takes for a snapshot: a half removed one is none.
void remove_bundle(const fs::path& folder) {
    if (is_partial(folder)) return remove_marked(folder);
    const fs::path doomed = fs::path(folder).concat(std::string(".removed") + kPartialEnding);
    std::error_code failure;
    fs::rename(folder, doomed, failure);
    if (failure) throw cannot_remove(folder, failure.message());
    fs::permissions(doomed, fs::perms::owner_all, fs::perm_options::add, failure);
    remove_marked(doomed);
}

// What a rehearsal restores just now stays, for this time.
bool is_in_use(const fs::path& folder, Progress& progress) {
    if (FileLock::try_use(folder, FileLock::Use::exclusive)) return false;
    progress.warn(folder.filename().string() + " is in use; it stays for now");
    return true;
}

}  // namespace

Pruned prune_snapshots(const PruneOptions& options, process::ProcessRunner& runner,
                       Progress& progress) {
    if (is_remote(options.place.string())) return prune_remote(options, runner);
    const auto folders = folders_in(options.place);
    std::vector<std::string> doomed;
    std::size_t kept = 0;
    for (const auto& bundle : newest_first(folders, progress)) {
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
    std::erase_if(
        doomed, [&](const std::string& name) { return is_in_use(options.place / name, progress); });
    return remove_each(doomed, options.dry_run,
                       [&](const std::string& name) { remove_bundle(options.place / name); });
}

}  // namespace rehearse::snapshot
