#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/process/process.hpp"
#include "rehearse/snapshot/snapshot.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::snapshot {

// A remote place is what the rclone program reaches with its own configuration. Every failure of
// rclone is an Error(snapshot) with what it said.

// True for NAME:PATH, as rclone names a place in an object store or on another host.
bool is_remote(const std::string& place);

// A bundle or a dump's file in a remote place.
struct RemoteSnapshot {
    std::string name;
    WallClock::time_point taken_at;  // the manifest's, else a date in its name, else the file's
    WallClock::time_point modified;  // the file's, a bundle's is taken_at; 1970 where unknown
    std::optional<std::uint64_t> size_bytes;  // nullopt where the place does not tell
    std::optional<Manifest> manifest;         // of a bundle
};

struct RemoteList {
    std::vector<RemoteSnapshot> complete;  // newest first; a bundle's manifest was written last
    std::vector<Skipped> skipped;          // not complete, or not to be understood
    std::vector<std::string> abandoned;    // of `skipped`: an upload that ended a week ago or more
    std::vector<std::string> foreign;      // folders that are no bundles
};

// Nothing but manifests is read.
RemoteList list_remote(const std::string& place, process::ProcessRunner& runner);

class Rclone;

// A bundle on its way to a remote place. NAME/.writer is there from the first to the last moment,
// NAME/manifest.json comes when all else is there, and whatever was uploaded goes again when it was
// not finished.
class RemoteUpload {
  public:
    // Shows that the place can be written to, and keeps the name. Throws Error(usage) when the name
    // is taken.
    RemoteUpload(const std::string& place, std::string name, process::ProcessRunner& runner);
    RemoteUpload(RemoteUpload&&) noexcept;
    RemoteUpload& operator=(RemoteUpload&&) = delete;
    ~RemoteUpload();

    // Returns the bundle's remote path.
    std::string finish(const std::filesystem::path& bundle, Progress& progress);

  private:
    void remove_unless_complete() noexcept;

    std::unique_ptr<Rclone> rclone_;
    std::string name_;
    std::string path_;
    bool finished_ = false;
};

// find_snapshot() for any place. What a remote place holds is fetched into a folder of the cache,
// where it is kept for the next run; what nobody has used there for a day goes. Of the newest
// snapshots "latest" passes over those that turn out not to be whole, "latest~N" counts them.
Choice find_snapshot_anywhere(const std::string& wanted, const std::filesystem::path& place,
                              const std::filesystem::path& cache, process::ProcessRunner& runner,
                              Progress& progress);

}  // namespace rehearse::snapshot
