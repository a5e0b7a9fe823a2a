#pragma once

#include "rehearse/process/process.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace rehearse::migrations {

// Files in `folder` that this change adds: new since the merge base of `ref` and HEAD, committed or
// not, renamed ones included. Canonical paths, sorted. Throws Error(usage) when the folder is in no
// git checkout, when the ref is unknown, or when the two share no history (a shallow clone).
std::vector<std::filesystem::path> files_added_since(const std::string& ref,
                                                     const std::filesystem::path& folder,
                                                     process::ProcessRunner& runner);

}  // namespace rehearse::migrations
