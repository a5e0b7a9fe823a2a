#include "snapshot/fetched.hpp"

#include "rehearse/base/files.hpp"
#include "rehearse/base/interrupt.hpp"
#include "rehearse/base/private_tree.hpp"
#include "rehearse/base/size.hpp"

#include "snapshot/unusable.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <fstream>

namespace rehearse::snapshot {

namespace {

using Use = FileLock::Use;

// The PR bot's next run comes sooner than the weekly job's.
constexpr auto kKeptUnused = std::chrono::hours(24);
// In a copy's folder: its lock, of which the time is that of its last use.
constexpr const char* kInUse = ".in-use";
constexpr const char* kFetching = ".fetching";

std::string folder_name_of(const RemoteSnapshot& wanted) {
    std::string time = to_iso8601(wanted.modified);
    std::erase(time, ':');
    constexpr std::size_t kNameShown = 100;  // a folder's name has at most 255 bytes
    return time + "-" + std::to_string(wanted.size_bytes.value_or(0)) + "-" +
           wanted.name.substr(0, kNameShown);
}

bool is_whole(const fs::path& copy, const RemoteSnapshot& wanted) {
    std::error_code ignored;
    if (!fs::exists(copy, ignored)) return false;
    if (!wanted.manifest)
        return !wanted.size_bytes || fs::file_size(copy, ignored) == *wanted.size_bytes;
    const auto kept = read_manifest(copy);
    return kept && to_json(*kept) == to_json(*wanted.manifest) && size_fault(*kept, copy).empty();
}

// A lock cannot be waited for together with an interrupt.
void wait_a_moment() {
    constexpr int kLookEveryMs = 200;
    pollfd interrupt{Interrupt::fd(), POLLIN, 0};
    poll(&interrupt, 1, kLookEveryMs);
    Interrupt::throw_if_requested();
}

}  // namespace

Fetched FetchedCopies::get(const RemoteSnapshot& wanted) {
    const fs::path place = folder_ / folder_name_of(wanted);
    const fs::path copy = place / wanted.name;
    for (bool waits = false;; waits = true) {
        make_private_folder(place);
        std::ofstream(place / kInUse, std::ios::app);  // made by whoever comes first
        if (auto shared = FileLock::try_use(place / kInUse, Use::shared);
            shared && is_whole(copy, wanted)) {
            shared->touch();
            return {copy, std::make_shared<const FileLock>(std::move(*shared))};
        }
        if (auto alone = FileLock::try_use(place / kInUse, Use::exclusive)) {
            if (is_whole(copy, wanted)) continue;
            try {
                fetch(wanted, place / kFetching);
                remove_tree(copy);
                fs::rename(place / kFetching, copy);
            } catch (...) {
                remove_tree(place);
                throw;
            }
            alone->touch();
            alone->share();
            return {copy, std::make_shared<const FileLock>(std::move(*alone))};
        }
        if (!waits) progress_.begin("waiting for another run that fetches " + wanted.name);
        wait_a_moment();
    }
}

void FetchedCopies::fetch(const RemoteSnapshot& wanted, const fs::path& to) {
    progress_.begin("fetching " + wanted.name);
    remove_tree(to);
    const auto room = free_bytes(folder_);
    if (wanted.size_bytes.value_or(0) > room) {
        throw Error(ErrorKind::snapshot,
                    "no room to fetch " + rclone_.path_of(wanted.name) + ": it has " +
                        format_bytes(*wanted.size_bytes) + ", and " + folder_.string() + " has " +
                        format_bytes(room) + " left",
                    {"Make room there, or name a larger folder in XDG_CACHE_HOME."});
    }
    if (wanted.manifest) {
        copy_bundle(wanted, to);
    } else {
        const std::string from = rclone_.path_of(wanted.name);
        rclone_.run({"copyto", from, to.string()}, "fetch " + from, &progress_);
    }
    make_tree_private(to.parent_path());
    progress_.end("");
}

void FetchedCopies::copy_bundle(const RemoteSnapshot& wanted, const fs::path& to) {
    const std::string from = rclone_.path_of(wanted.name);
    make_private_folder(to);
    rclone_.run({"copy", from, to.string(), "--exclude", std::string("/") + kManifestName,
                 "--exclude", std::string("/") + kWriterLockName},
                "fetch " + from, &progress_);
    const auto fault = content_fault(*wanted.manifest, to, runner_, &progress_);
    if (!fault.empty())
        throw Unusable(fault, {"Upload it again, or take a new one: rehearse snapshot take."});
    write_file_atomically(to / kManifestName, to_json(*wanted.manifest));
}

void FetchedCopies::remove_unused() {
    std::error_code failure;
    for (fs::directory_iterator entry(folder_, failure), end; !failure && entry != end;
         entry.increment(failure)) {
        const fs::path lock_file = entry->path() / kInUse;
        std::error_code ignored;
        const bool has_lock = fs::exists(lock_file, ignored);
        const auto used = fs::last_write_time(has_lock ? lock_file : entry->path(), ignored);
        if (ignored || fs::file_time_type::clock::now() - used < kKeptUnused) continue;
        if (has_lock && !FileLock::try_use(lock_file, Use::exclusive)) continue;
        remove_tree(entry->path());
    }
}

}  // namespace rehearse::snapshot
