#include "input.hpp"

#include <algorithm>
#include <cstring>
#include <span>

namespace rehearse::sql {

namespace {

constexpr std::size_t kChunk = 64 * 1024;

}  // namespace

void Input::read_more() {
    const std::size_t kept = size();
    const std::size_t wanted = std::max(kChunk, kept);
    if (capacity_ - end_ < wanted) {
        if (capacity_ < kept + wanted) {
            const std::size_t capacity = 2 * (kept + wanted);
            std::unique_ptr<char[]> larger(new char[capacity]);
            if (kept > 0) std::memcpy(larger.get(), begin(), kept);
            buffer_ = std::move(larger);
            capacity_ = capacity;
        } else {
            std::memmove(buffer_.get(), begin(), kept);
        }
        begin_ = 0;
        end_ = kept;
    }
    std::size_t added = 0;
    while (added < wanted) {
        const std::size_t count = source_(std::span(buffer_.get() + end_, wanted - added));
        if (count == 0) {
            complete_ = true;
            return;
        }
        added += count;
        end_ += count;
    }
}

void Input::prepend(std::string_view text) {
    if (begin_ < text.size()) {
        // Room for more of the same, so that a statement with many variables costs no more than
        // twice what it holds.
        const std::size_t room = kChunk + text.size();
        const std::size_t capacity = room + size() + kChunk;
        std::unique_ptr<char[]> larger(new char[capacity]);
        if (size() > 0) std::memcpy(larger.get() + room, begin(), size());
        end_ = room + size();
        begin_ = room;
        buffer_ = std::move(larger);
        capacity_ = capacity;
    }
    begin_ -= text.size();
    std::memcpy(buffer_.get() + begin_, text.data(), text.size());
}

Token token_at(Input& input, std::size_t offset) {
    for (;;) {
        const char* const begin = input.begin() + offset;
        const Lexeme found = next_lexeme(begin, input.end(), input.complete());
        if (!found.wants_more) return token_of(found, begin);
        input.read_more();
    }
}

}  // namespace rehearse::sql
