#pragma once

#include "rehearse/base/files.hpp"

#include <string>
#include <vector>

namespace rehearse::migrations {

// Every file in the folder and below, hidden ones left out, by its path relative to the folder,
// sorted. Links to folders are followed. Throws Error(migrations) where one leads back to a folder
// that it is in, or where a folder cannot be read.
std::vector<std::string> files_below(const fs::path& folder);

}  // namespace rehearse::migrations
