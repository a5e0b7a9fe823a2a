#pragma once

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/migrations/migration.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::migrations {

// The whole file. Throws Error(migrations) when it cannot be read.
std::string read_migration(const fs::path& path);

// Where a byte of a text stands.
sql::Position position_at(std::string_view text, std::size_t offset);

// A stretch of a file's text.
Text stretch_of(std::string_view text, std::size_t begin, std::size_t end);

struct Line {
    std::string_view text;  // without its end, CR LF too
    std::size_t begin = 0;  // bytes from the text's beginning
    std::size_t end = 0;    // behind its line feed
    int number = 1;
};

std::vector<Line> lines_of(std::string_view text);

// "FILE:LINE: message" of kind migrations.
Error error_at(const fs::path& path, int line, const std::string& message, const std::string& hint);

// Reads the file once for what its flags and its sections say. An error in it is told when its
// texts are asked for, so that it does not matter where the migration has been applied long ago.
template <typename Read>
void read_ahead(Migration& migration, Read&& read) {
    try {
        read(migration);
    } catch (const Error&) {
        migration.down_path.reset();
    }
}

}  // namespace rehearse::migrations
