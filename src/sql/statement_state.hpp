#pragma once

#include "lexer.hpp"

#include <array>
#include <cstddef>

namespace rehearse::sql {

// What tells whether a semicolon ends the statement, and whether data follow it.
class StatementState {
  public:
    // Each token but white space, comments, semicolons and backslashes. `offset` is the token's.
    void add(const Token& token, std::size_t offset);

    // Behind psql's "\;": another statement begins in the same text.
    void begin_next() {
        initials_ = {};
        words_ = 0;
        copy_ = Copy::unknown;
    }

    bool is_nested() const { return paren_depth_ > 0 || begin_depth_ > 0; }
    bool in_parentheses() const { return paren_depth_ > 0; }
    // Where the outermost open parenthesis or BEGIN stands.
    std::size_t nested_since() const { return paren_depth_ > 0 ? paren_offset_ : begin_offset_; }
    bool is_copy_from_stdin() const { return copy_ == Copy::from_stdin; }

  private:
    void add_word(const Token& token, std::size_t offset);
    bool creates_routine() const;

    enum class Copy { unknown, no, seen_copy, seen_from, from_stdin };

    int paren_depth_ = 0;
    std::size_t paren_offset_ = 0;
    int begin_depth_ = 0;
    std::size_t begin_offset_ = 0;
    // Initials of the first words as far as they are CREATE, OR, REPLACE, FUNCTION, PROCEDURE.
    std::array<char, 4> initials_{};
    std::size_t words_ = 0;
    Copy copy_ = Copy::unknown;
};

}  // namespace rehearse::sql
