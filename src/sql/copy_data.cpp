#include "copy_data.hpp"

#include "rehearse/base/error.hpp"

#include "position.hpp"

#include <algorithm>

namespace rehearse::sql {

void CopyData::begin() {
    open_ = true;
    at_line_ = true;
    terminator_.clear();
}

std::size_t CopyData::read(Input& input, Position& position, std::span<char> buffer) {
    std::size_t filled = 0;
    while (open_ && filled < buffer.size()) {
        const std::string_view data = next(input, position, buffer.size() - filled);
        filled += data.copy(buffer.data() + filled, data.size());
    }
    return filled;
}

void CopyData::skip(Input& input, Position& position) {
    while (open_) next(input, position, std::string_view::npos);
}

// The next bytes of data that are in memory, at most `limit`; they stay valid until the next call.
// Empty at the end of the data.
std::string_view CopyData::next(Input& input, Position& position, std::size_t limit) {
    static constexpr std::string_view kMark = "\\.";
    static constexpr std::size_t kLongestMark = 4;  // with CR LF

    // Lines are looked for in what is there; only a line that starts with a backslash may have to
    // be read further, to see whether it is the mark.
    if (at_line_) input.have(kLongestMark);
    if (input.size() == 0) input.read_more();
    const std::string_view window = input.view(0, input.size());
    std::size_t taken = 0;
    while (taken < std::min(window.size(), limit)) {
        if (at_line_ && window[taken] == '\\') {
            const std::string_view line = window.substr(taken, kLongestMark);
            if (line.size() < kLongestMark && !input.complete()) break;
            const std::size_t line_feed = line.find('\n');
            std::string_view mark = line.substr(0, line_feed);
            if (mark.ends_with('\r')) mark.remove_suffix(1);
            const bool whole_line =
                line_feed != std::string_view::npos || line.size() < kLongestMark;
            if (mark == kMark && whole_line) {
                if (taken > 0) break;
                open_ = false;
                terminator_ =
                    line.substr(0, line_feed == std::string_view::npos ? std::string_view::npos
                                                                       : line_feed + 1);
                position = advanced(position, terminator_);
                input.drop(terminator_.size());
                return {};
            }
        }
        const std::size_t line_feed = window.find('\n', taken);
        at_line_ = line_feed < limit && line_feed != std::string_view::npos;
        if (at_line_) ++position.line;
        taken = at_line_ ? line_feed + 1 : std::min(window.size(), limit);
    }
    if (taken == 0) open_ = false;
    position.offset += taken;
    position.column = 1;
    input.drop(taken);
    return window.substr(0, taken);
}

std::size_t start_of_copy_data(Input& input, std::size_t offset, const Position& position) {
    for (;;) {
        const Token token = token_at(input, offset);
        const std::size_t line_feed = token.text().find('\n');
        if (token.kind == TokenKind::end) return offset;
        if (token.kind == TokenKind::space && line_feed != std::string_view::npos) {
            return offset + line_feed + 1;
        }
        const bool ends_on_line = token.is_blank() && line_feed == std::string_view::npos;
        if (!ends_on_line && token.kind != TokenKind::semicolon) {
            throw Error(ErrorKind::migrations,
                        "line " + std::to_string(advanced(position, input.view(0, offset)).line) +
                            ": something follows COPY ... FROM STDIN on its line",
                        {"Put what follows on a line of its own behind the data."});
        }
        offset += token.text().size();
    }
}

}  // namespace rehearse::sql
