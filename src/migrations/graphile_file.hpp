#pragma once

#include "rehearse/base/files.hpp"

#include "texts.hpp"

#include <string>

namespace rehearse::migrations {

// A file that `graphile-migrate commit` wrote.
struct GraphileFile {
    std::string hash;
    std::string previous;  // the hash of the file before it; empty for the first
    bool allows_invalid_hash = false;
    bool no_transaction = false;
    Text body;  // without the white space around it, with a line feed at its end

    std::string real_hash() const;
};

// Throws Error(migrations) naming file and line for what is no such file.
GraphileFile read_graphile_file(const fs::path& path);

}  // namespace rehearse::migrations
