#pragma once

#include "rehearse/snapshot/remote.hpp"

#include "snapshot/rclone.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace rehearse::snapshot {

// A snapshot of a remote place, here. For as long as the lock lives no other run removes it.
struct Fetched {
    std::filesystem::path path;
    std::shared_ptr<const FileLock> in_use;
};

// The copies of remote snapshots that a folder of the cache keeps for the next run, each in a
// folder of its own that says which state of the snapshot it is: TIME-BYTES-NAME/NAME. Any number
// of runs use one, one of them fetches it.
class FetchedCopies {
  public:
    FetchedCopies(std::filesystem::path folder, Rclone& rclone, process::ProcessRunner& runner,
                  Progress& progress)
        : folder_(std::move(folder)), rclone_(rclone), runner_(runner), progress_(progress) {}

    // Fetches it unless it is here; waits for the run that is fetching it. Throws Unusable when
    // what came is not what its manifest says, Error(snapshot) when it cannot be fetched.
    Fetched get(const RemoteSnapshot& wanted);
    // Those that nobody has used for a day and nobody uses now.
    void remove_unused();

  private:
    void fetch(const RemoteSnapshot& wanted, const std::filesystem::path& to);
    void copy_bundle(const RemoteSnapshot& wanted, const std::filesystem::path& to);

    std::filesystem::path folder_;
    Rclone& rclone_;
    process::ProcessRunner& runner_;
    Progress& progress_;
};

}  // namespace rehearse::snapshot
