#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/process/process.hpp"
#include "rehearse/snapshot/snapshot.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::snapshot {

// True for NAME:PATH, as rclone names a place in an object store or on another host.
bool is_remote(const std::string& place);

// A bundle or a dump's file in a remote place.
struct RemoteSnapshot {
    std::string name;
    WallClock::time_point taken_at;  // the manifest's, else a date in its name, else the file's
    std::uint64_t size_bytes = 0;
    std::optional<Manifest> manifest;  // of a bundle
};

struct RemoteList {
    std::vector<RemoteSnapshot> complete;  // newest first; a bundle's manifest was written last
    std::vector<Skipped> skipped;
};

// A place that the rclone program reaches, with its own configuration. Every failure is an
// Error(snapshot) with what rclone said.
class Remote {
  public:
    Remote(std::string place, process::ProcessRunner& runner);

    RemoteList list();
    // Copies it into the private folder and verifies it; what is there already and whole stays.
    // Returns its path.
    std::filesystem::path fetch(const RemoteSnapshot& wanted, const std::filesystem::path& into,
                                Progress& progress);
    // Also of one that is still being uploaded.
    bool has(const std::string& name);
    // Uploads a bundle's folder as NAME.partial and renames it; the manifest comes last. What was
    // uploaded goes again when that fails.
    void put(const std::filesystem::path& bundle, const std::string& name, Progress& progress);
    void remove(const std::string& name);

    std::string path_of(const std::string& name) const;

  private:
    std::string run(std::vector<std::string> args, const std::string& what,
                    Progress* progress = nullptr);
    std::optional<Manifest> manifest_of(const std::string& name);
    // Somebody else's upload may have been quicker under the same name.
    void remove_unless_complete(const std::string& name);

    std::string place_;
    process::ProcessRunner& runner_;
};

// find_snapshot() for any place: what a remote place holds is fetched into `cache`, where it is
// kept for the next run; one that was fetched before and is not used any more is removed.
Choice find_snapshot_anywhere(const std::string& wanted, const std::filesystem::path& place,
                              const std::filesystem::path& cache, process::ProcessRunner& runner,
                              Progress& progress);

}  // namespace rehearse::snapshot
