#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/base/time.hpp"
#include "rehearse/process/process.hpp"
#include "rehearse/snapshot/manifest.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace rehearse::take {

struct TakeOptions {
    std::string from;          // libpq's URL or key=value string
    std::filesystem::path to;  // the folder, or rclone's NAME:PATH, that gets the bundle
    std::string name;          // empty: the database's and the time
    int jobs = 2;              // tables that pg_dump copies side by side
    Millis lock_wait_timeout = std::chrono::seconds(30);  // of pg_dump, for a table that is locked
    std::string tool_version;
};

struct Taken {
    std::filesystem::path bundle;  // or rclone's NAME:PATH
    std::uint64_t size_bytes = 0;
    snapshot::Manifest manifest;
};

// Writes a bundle: the dump, the roles without passwords, production's settings, its traffic and
// top queries, and the manifest. It is NAME.partial until it is whole and on disk; whatever ends
// this, nothing else stays. Production is only read. Throws Error(snapshot), before the dump begins
// where the role lacks a right.
Taken take_snapshot(const TakeOptions& options, process::ProcessRunner& runner, Progress& progress);

// Removes what killed takes for remote places left in the cache, and tells what: "folder PATH".
std::vector<std::string> sweep_staging();

}  // namespace rehearse::take
