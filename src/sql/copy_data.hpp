#pragma once

#include "rehearse/sql/statement.hpp"

#include "input.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace rehearse::sql {

// The rows that stand in a file behind COPY ... FROM STDIN, up to the line "\." or the file's end.
class CopyData {
  public:
    // The input is at the beginning of their first line.
    void begin();
    bool is_open() const { return open_; }
    // Fills the buffer, and moves the input and its position; 0 at the end of the data, which is
    // then no longer open.
    std::size_t read(Input& input, Position& position, std::span<char> buffer);
    void skip(Input& input, Position& position);
    // "\." with its line feed, once the data was read to its end; empty where the file ended first.
    const std::string& terminator() const { return terminator_; }

  private:
    std::string_view next(Input& input, Position& position, std::size_t limit);

    bool open_ = false;
    bool at_line_ = false;  // the input's beginning starts a line
    std::string terminator_;
};

// Of a COPY whose semicolon ends at `offset`: where the line behind that begins, which is where
// psql takes the data from. Throws Error(migrations) where something other than a comment stands in
// between; `position` is the input's.
std::size_t start_of_copy_data(Input& input, std::size_t offset, const Position& position);

}  // namespace rehearse::sql
