#pragma once

#include "rehearse/sql/script.hpp"

#include "lexer.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace rehearse::sql {

// The part of a script that is in memory: from the piece that is being read to what the source gave
// last.
class Input {
  public:
    explicit Input(ScriptReader::Source source) : source_(std::move(source)) {}

    const char* begin() const { return buffer_.get() + begin_; }
    const char* end() const { return buffer_.get() + end_; }
    std::size_t size() const { return end_ - begin_; }
    std::string_view view(std::size_t from, std::size_t to) const {
        return {begin() + from, to - from};
    }
    // Nothing follows end().
    bool complete() const { return complete_; }

    // Reads at least as much again as is there, so that reading one long token in steps costs no
    // more than twice its length. Moves begin().
    void read_more();
    // At least `count` bytes are there, or all of the script.
    void have(std::size_t count) {
        while (size() < count && !complete_) read_more();
    }
    void drop(std::size_t count) { begin_ += count; }
    // Puts `text` before what is there. Moves begin().
    void prepend(std::string_view text);

  private:
    ScriptReader::Source source_;
    std::unique_ptr<char[]> buffer_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool complete_ = false;
};

// The token at `offset` bytes from begin(), once as much is read as it takes to see its end.
Token token_at(Input& input, std::size_t offset);

}  // namespace rehearse::sql
