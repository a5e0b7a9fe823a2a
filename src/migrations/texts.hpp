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

// How line-based splitters (goose, sql-migrate) see that a statement ends here: the last word
// before one that begins "--" ends in a semicolon. They know no quotes and no other comments.
bool ends_in_semicolon(std::string_view line);

// A text that is put together from whole lines of a file, as a splitter of lines takes them. A line
// that is left out between two is an empty one here, so that lines count as in the file.
class TextOfLines {
  public:
    void add(const Line& line) { add(line, line.text); }
    void add(const Line& line, std::string_view instead);
    // With something other than comments and blank lines.
    void add_statement(const Line& line, std::string_view instead);
    bool has_statement() const { return statement_line_ > 0; }
    int statement_line() const { return statement_line_; }
    // Hands it on and is empty again.
    Text take();

  private:
    Text text_;
    int next_line_ = 0;
    int statement_line_ = 0;
};

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
