#pragma once

#include "rehearse/base/files.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rehearse::migrations {

// The hashes of a folder's files as atlas.sum has them (sql/migrate/dir.go): of each file "h1:..."
// over all files up to it. `files`: names and contents in their order.
struct AtlasSum {
    std::string total;
    std::vector<std::pair<std::string, std::string>> files;  // name and hash, without "h1:"
};

AtlasSum atlas_sum_of(const std::vector<std::pair<std::string, std::string>>& files);

// As it is written in the file. Throws Error(migrations) naming its line where it has another form.
AtlasSum read_atlas_sum(const fs::path& file);

// "-- atlas:NAME VALUE" among the comments that a file begins with; empty where it is not there.
// Those of a file must be followed by a blank line, or they are the first statement's.
std::string atlas_directive(std::string_view text, std::string_view name);

}  // namespace rehearse::migrations
