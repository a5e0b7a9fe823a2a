#pragma once

#include <filesystem>

namespace rehearse {

// Mode 0700 for every folder below this one, 0600 for every file.
void make_tree_private(const std::filesystem::path& path);

}  // namespace rehearse
