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

}  // namespace rehearse::sql
