#include "rehearse/snapshot/remote.hpp"

#include "rehearse/base/files.hpp"
#include "rehearse/base/text.hpp"

#include "snapshot/dates.hpp"
#include "snapshot/looked_at.hpp"
#include "snapshot/rclone.hpp"
#include "snapshot/remote_marks.hpp"
#include "snapshot/wanted.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <tuple>

namespace rehearse::snapshot {

namespace {

bool looks_like_a_dump(const std::string& name) {
    constexpr std::array<std::string_view, 7> kEndings{".dump", ".sql",    ".gz",    ".zst",
                                                       ".tar",  ".pgdump", ".backup"};
    return std::any_of(kEndings.begin(), kEndings.end(),
                       [&](std::string_view ending) { return name.ends_with(ending); });
}

WallClock::time_point time_from(const std::string& modified) {
    constexpr std::size_t kUpToSeconds = 19;  // "2026-11-27T04:53:12.499889608Z"
    return from_iso8601(modified.substr(0, kUpToSeconds) + "Z").value_or(WallClock::time_point{});
}

RemoteSnapshot file_from(const Rclone::Entry& entry) {
    const auto modified = time_from(entry.modified);
    return {entry.name, date_in(entry.name).value_or(modified), modified, entry.size_bytes, {}};
}

RemoteSnapshot bundle_from(const std::string& name, Manifest manifest) {
    std::uint64_t bytes = 0;
    for (const auto& file : manifest.files) bytes += file.size_bytes;
    return {name, manifest.taken_at, manifest.taken_at, bytes, std::move(manifest)};
}

// A folder of the place, of which `copy` has the manifest and the writer's mark.
void add_folder(const std::string& name, const fs::path& copy, RemoteList& list) {
    std::error_code ignored;
    if (fs::exists(copy / kManifestName, ignored)) {
        if (auto manifest = read_manifest(copy))
            list.complete.push_back(bundle_from(name, std::move(*manifest)));
        else
            list.skipped.push_back({name, "its manifest is none that this rehearse can read"});
        return;
    }
    if (!fs::exists(copy / kWriterLockName, ignored)) {
        list.foreign.push_back(name);
        return;
    }
    list.skipped.push_back({name, "still being written (it has no manifest yet)"});
    if (fs::file_time_type::clock::now() - fs::last_write_time(copy / kWriterLockName, ignored) >
        kUploadAbandonedAfter)
        list.abandoned.push_back(name);
}

}  // namespace

bool is_remote(const std::string& place) {
    const auto colon = place.find(':', 1);
    if (colon == std::string::npos) return false;
    // ':local,opt=x:PATH' is a remote made on the spot.
    if (place.front() == ':') return std::islower(static_cast<unsigned char>(place[1])) != 0;
    // rclone's rule for a remote's name, which may have letters of any language.
    return place.front() != '-' && place.front() != ' ' &&
           std::all_of(place.begin(), place.begin() + static_cast<std::ptrdiff_t>(colon),
                       [](unsigned char c) {
                           return c >= 0x80 || std::isalnum(c) != 0 ||
                                  std::string_view("_.+@ -").find(static_cast<char>(c)) !=
                                      std::string_view::npos;
                       });
}

RemoteList list_remote(const std::string& place, process::ProcessRunner& runner) {
    RemoteList list;
    Rclone rclone(place, runner);
    std::vector<std::string> folders;
    for (const auto& entry : rclone.entries()) {
        if (entry.name.starts_with('.')) continue;
        if (has_temporary_name(entry.name))
            list.skipped.push_back({entry.name, "still being written"});
        else if (entry.is_folder)
            folders.push_back(entry.name);
        else if (looks_like_a_dump(entry.name))
            list.complete.push_back(file_from(entry));
    }
    if (!folders.empty()) {
        const LookedAt here;
        rclone.run({"copy", place, here.path().string(), "--max-depth", "2", "--include",
                    std::string("/*/") + kManifestName, "--include",
                    std::string("/*/") + kWriterLockName, "--max-size", "64M"},
                   "read the manifests in " + place);
        for (const auto& name : folders) add_folder(name, here.path() / name, list);
    }
    std::sort(list.complete.begin(), list.complete.end(),
              [](const RemoteSnapshot& a, const RemoteSnapshot& b) {
                  return std::tie(a.taken_at, a.name) > std::tie(b.taken_at, b.name);
              });
    return list;
}

RemoteUpload::RemoteUpload(const std::string& place, std::string name,
                           process::ProcessRunner& runner)
    : rclone_(std::make_unique<Rclone>(place, runner)),
      name_(std::move(name)),
      path_(rclone_->path_of(name_)) {
    if (rclone_->has(name_)) {
        throw Error(ErrorKind::usage, path_ + " is there already, or still being uploaded",
                    {"Give another --name, or leave it out."});
    }
    try {
        mark_as_unfinished(*rclone_, name_, "write into " + place);
    } catch (...) {
        remove_unless_complete();
        throw;
    }
}

RemoteUpload::RemoteUpload(RemoteUpload&&) noexcept = default;

RemoteUpload::~RemoteUpload() {
    if (rclone_ && !finished_) remove_unless_complete();
}

std::string RemoteUpload::finish(const fs::path& bundle, Progress& progress) {
    progress.begin("uploading " + name_);
    rclone_->run({"copy", bundle.string(), path_, "--exclude", std::string("/") + kManifestName,
                  "--exclude", std::string("/") + kWriterLockName},
                 "upload to " + path_, &progress);
    rclone_->run({"copyto", (bundle / kManifestName).string(), path_ + "/" + kManifestName},
                 "upload the manifest of " + path_);
    finished_ = true;
    rclone_->run_to_clean_up({"deletefile", path_ + "/" + kWriterLockName});
    progress.end("");
    return path_;
}

// A manifest that is there was written by somebody else, or by us in the moment of an interrupt: in
// both cases all of its bundle is.
void RemoteUpload::remove_unless_complete() noexcept try {
    const auto files = rclone_->run_to_clean_up({"lsf", path_, "--files-only"});
    if (files &&
        ("\n" + *files).find(std::string("\n") + kManifestName + "\n") == std::string::npos)
        rclone_->run_to_clean_up({"purge", path_});
} catch (const std::exception&) {
    // What is left has its mark: prune finds it.
}

}  // namespace rehearse::snapshot
