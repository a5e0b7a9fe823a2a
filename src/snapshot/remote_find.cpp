#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/snapshot/remote.hpp"

#include "snapshot/read.hpp"
#include "snapshot/unusable.hpp"
#include "snapshot/wanted.hpp"

#include <algorithm>
#include <chrono>

namespace rehearse::snapshot {

namespace {

// Another run may still be restoring what it has fetched.
constexpr auto kKeptUnused = std::chrono::hours(24);

Error nothing_in(const std::string& place, std::string message, const RemoteList& list) {
    Error error(ErrorKind::snapshot, std::move(message));
    std::vector<std::string> names;
    for (const auto& one : list.complete) names.push_back(one.name);
    if (!names.empty()) error.with_hint("There are: " + join(names, ", ") + ".");
    for (const auto& one : list.skipped)
        error.with_hint("Passed over " + one.name + ": " + one.why + ".");
    return error.with_hint("Take one: rehearse snapshot take --from URL --to " + place);
}

void remove_unused(const fs::path& folder, const fs::path& used) {
    std::error_code ignored;
    fs::last_write_time(used, fs::file_time_type::clock::now(), ignored);
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        const auto age = fs::file_time_type::clock::now() - entry.last_write_time(ignored);
        if (entry.path() != used && age > kKeptUnused) remove_tree(entry.path());
    }
}

// The lock keeps two runs from fetching over each other.
Snapshot fetch_and_read(Remote& remote, const RemoteSnapshot& wanted, const fs::path& folder,
                        Progress& progress) {
    make_private_folder(folder);
    const auto lock = FileLock::try_lock(fs::path(folder).concat(".lock"));
    if (!lock) {
        throw Error(ErrorKind::snapshot, "another run fetches a snapshot just now",
                    {"Start again when it has."});
    }
    const auto local = remote.fetch(wanted, folder, progress);
    auto snapshot = read_snapshot(local, progress);
    remove_unused(folder, local);
    return snapshot;
}

}  // namespace

Choice find_snapshot_anywhere(const std::string& wanted, const fs::path& place,
                              const fs::path& cache, process::ProcessRunner& runner,
                              Progress& progress) {
    std::error_code ignored;
    const bool is_a_path = wanted.find('/') != std::string::npos && fs::exists(wanted, ignored);
    if (!is_remote(place.string()) || is_a_path) return find_snapshot(wanted, place, progress);

    const auto back = steps_back(wanted);
    Remote remote(place.string(), runner);
    progress.begin("looking into " + place.string());
    const auto list = remote.list();
    const auto found = back ? list.complete.begin() +
                                  static_cast<std::ptrdiff_t>(std::min(*back, list.complete.size()))
                            : std::find_if(list.complete.begin(), list.complete.end(),
                                           [&](const auto& one) { return one.name == wanted; });
    if (found == list.complete.end())
        throw nothing_in(place.string(), "no snapshot '" + wanted + "' in " + place.string(), list);
    return {fetch_and_read(remote, *found, cache / "snapshots", progress),
            back ? list.skipped : std::vector<Skipped>{}};
}

}  // namespace rehearse::snapshot
