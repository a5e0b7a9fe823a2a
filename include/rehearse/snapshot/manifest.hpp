#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/base/time.hpp"
#include "rehearse/pg/types.hpp"
#include "rehearse/process/process.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::snapshot {

inline constexpr const char* kManifestName = "manifest.json";
// What a bundle that is still being written is named, behind its own name.
inline constexpr const char* kPartialEnding = ".partial";
// In such a folder, held with flock(2) by who writes it.
inline constexpr const char* kWriterLockName = ".writer";

// What manifest.json of a bundle says: whose it is, and what belongs to it.
struct Manifest {
    struct File {
        std::string path;  // below the bundle: "dump/3412.dat.gz"
        std::uint64_t size_bytes = 0;
        std::string sha256;  // hex
    };

    std::string tool_version;
    WallClock::time_point taken_at;
    pg::ServerVersion server_version;
    std::string database;
    std::string system_identifier;  // empty where production did not tell
    bool from_replica = false;
    std::vector<File> files;  // by their paths
};

std::string to_json(const Manifest& manifest);
// nullopt for what is no manifest of ours, or of a later format.
std::optional<Manifest> manifest_from_json(const std::string& text);
// Of the bundle in this folder; nullopt where it has none of ours.
std::optional<Manifest> read_manifest(const std::filesystem::path& bundle);

// All files below a folder with size and checksum, by their paths; the manifest is left out. The
// progress, where there is one, sees bytes.
std::vector<Manifest::File> files_below(const std::filesystem::path& folder,
                                        process::ProcessRunner& runner,
                                        Progress* progress = nullptr);
// The first file that is not as the manifest says, by its size alone: "dump/toc.dat is missing".
// Empty: none.
std::string size_fault(const Manifest& manifest, const std::filesystem::path& bundle);
// The same by checksums, and for files of the dump that the manifest does not name.
std::string content_fault(const Manifest& manifest, const std::filesystem::path& bundle,
                          process::ProcessRunner& runner, Progress* progress = nullptr);

}  // namespace rehearse::snapshot
