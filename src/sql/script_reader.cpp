#include "rehearse/base/error.hpp"
#include "rehearse/sql/script.hpp"

#include "input.hpp"
#include "lexer.hpp"
#include "statement_state.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace rehearse::sql {

namespace {

// White space and comments longer than this come as pieces of their own, so that a file that is all
// comments is not held in memory.
constexpr std::size_t kLongestLeading = 1024 * 1024;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Position advanced(Position position, std::string_view passed) {
    position.offset += passed.size();
    std::size_t line_start = 0;
    for (;;) {
        const std::size_t found = passed.find('\n', line_start);
        if (found == std::string_view::npos) break;
        line_start = found + 1;
        ++position.line;
        position.column = 1;
    }
    for (const char c : passed.substr(line_start)) {
        const bool continues_character = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
        if (!continues_character) ++position.column;
    }
    return position;
}

std::string construct_name(const Token& token) {
    switch (token.kind) {
        case TokenKind::block_comment:
            return "block comment";
        case TokenKind::quoted_name:
            return "quoted identifier";
        case TokenKind::dollar_string: {
            const std::string_view text = token.text();
            return "dollar quote " + std::string(text.substr(0, text.find('$', 1) + 1));
        }
        default:
            return "quoted string";
    }
}

}  // namespace

// Offsets are bytes from input.begin(), where the piece that is being read starts.
struct ScriptReader::Impl {
    struct Span {
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    explicit Impl(Source source) : input(std::move(source)) {}

    std::optional<Statement> next();
    std::string_view next_copy_data(std::size_t limit);

    std::size_t skip_byte_order_mark();
    Token token_at(std::size_t offset);
    Statement piece(Span text, std::size_t end);
    Statement statement(Span text, std::size_t end, const StatementState& state);
    Statement meta_command(std::size_t offset);
    Statement last_piece(Span text, std::size_t offset, const Token& token,
                         const StatementState& state);
    std::size_t start_of_copy_data(std::size_t offset);
    Position position_of(std::size_t offset) { return advanced(position, input.view(0, offset)); }

    Input input;
    Position position;        // of input.begin()
    bool cut_in_two = false;  // the piece before was ended by a meta-command
    bool in_copy_data = false;
    bool at_copy_line = false;  // input.begin() starts a line of data
    std::string copy_terminator;
};

std::optional<Statement> ScriptReader::Impl::next() {
    while (in_copy_data) next_copy_data(std::string_view::npos);
    StatementState state;
    Span text;
    for (std::size_t offset = skip_byte_order_mark();;) {
        const Token token = token_at(offset);
        const std::size_t token_end = offset + token.text().size();
        const bool has_text = text.end > text.begin;
        if (token.kind == TokenKind::end && !has_text && offset == 0) return std::nullopt;
        if (token.kind == TokenKind::end || token.unterminated) {
            return last_piece(text, offset, token, state);
        }
        if (token.kind == TokenKind::backslash) {
            if (!has_text) return meta_command(offset);
            cut_in_two = true;
            return piece(text, offset);
        }
        if (token.kind == TokenKind::semicolon && has_text && !state.is_nested()) {
            return statement(text, token_end, state);
        }
        const bool lone_semicolon = token.kind == TokenKind::semicolon && !has_text;
        if (!token.is_blank() && !lone_semicolon) {
            state.add(token, offset);
            text = {has_text ? text.begin : offset, token_end};
        } else if (!has_text && token_end > kLongestLeading) {
            return piece({token_end, token_end}, token_end);
        }
        offset = token_end;
    }
}

std::size_t ScriptReader::Impl::skip_byte_order_mark() {
    if (position.offset > 0) return 0;
    input.have(kByteOrderMark.size());
    if (!input.view(0, input.size()).starts_with(kByteOrderMark)) return 0;
    position.column = 0;  // it will be counted, but it is no column
    return kByteOrderMark.size();
}

Token ScriptReader::Impl::token_at(std::size_t offset) {
    for (;;) {
        const char* const begin = input.begin() + offset;
        const Lexeme found = next_lexeme(begin, input.end(), input.complete());
        if (!found.wants_more) return token_of(found, begin);
        input.read_more();
    }
}

Statement ScriptReader::Impl::piece(Span text, std::size_t end) {
    Statement made;
    made.leading = input.view(0, text.begin);
    made.text = input.view(text.begin, text.end);
    made.trailing = input.view(text.end, end);
    made.position = position_of(text.begin);
    position = advanced(made.position, input.view(text.begin, end));
    input.drop(end);
    return made;
}

Statement ScriptReader::Impl::statement(Span text, std::size_t end, const StatementState& state) {
    cut_in_two = false;
    if (!state.is_copy_from_stdin()) return piece(text, end);
    Statement copy = piece(text, start_of_copy_data(end));
    copy.has_copy_data = true;
    in_copy_data = true;
    at_copy_line = true;
    copy_terminator.clear();
    return copy;
}

Statement ScriptReader::Impl::meta_command(std::size_t offset) {
    std::size_t end = offset;
    for (;;) {
        end = std::min(input.view(0, input.size()).find('\n', end), input.size());
        if (end < input.size() || input.complete()) break;
        input.read_more();
    }
    if (input.begin()[end - 1] == '\r') --end;
    Statement made = piece({offset, end}, end);
    made.is_meta_command = true;
    made.interrupts_statement = std::exchange(cut_in_two, false);
    return made;
}

// The script ends behind or inside `token`.
Statement ScriptReader::Impl::last_piece(Span text, std::size_t offset, const Token& token,
                                         const StatementState& state) {
    cut_in_two = false;
    const bool has_text = text.end > text.begin;
    if (token.unterminated && !token.is_blank()) {
        text = {has_text ? text.begin : offset, input.size()};
    } else if (!has_text) {
        text = {input.size(), input.size()};
    }
    std::string open_construct;
    Position open_position;
    if (token.unterminated) {
        open_construct = construct_name(token);
        open_position = position_of(offset);
    } else if (state.is_nested()) {
        open_construct = state.in_parentheses() ? "parenthesis" : "BEGIN ATOMIC body";
        open_position = position_of(state.nested_since());
    }
    Statement made = piece(text, input.size());
    made.unterminated = !open_construct.empty();
    made.open_construct = std::move(open_construct);
    made.open_position = open_position;
    return made;
}

// psql takes the data from the line behind the one on which the statement ends.
std::size_t ScriptReader::Impl::start_of_copy_data(std::size_t offset) {
    for (;;) {
        const Token token = token_at(offset);
        const std::size_t line_feed = token.text().find('\n');
        if (token.kind == TokenKind::end) return offset;
        if (token.kind == TokenKind::space && line_feed != std::string_view::npos) {
            return offset + line_feed + 1;
        }
        const bool ends_on_line = token.is_blank() && line_feed == std::string_view::npos;
        if (!ends_on_line && token.kind != TokenKind::semicolon) {
            throw Error(ErrorKind::migrations,
                        "line " + std::to_string(position_of(offset).line) +
                            ": something follows COPY ... FROM STDIN on its line",
                        {"Put what follows on a line of its own behind the data."});
        }
        offset += token.text().size();
    }
}

// The next bytes of data that are in memory, at most `limit`; they stay valid until the next call.
// Empty at the end of the data, which is also the end of in_copy_data.
std::string_view ScriptReader::Impl::next_copy_data(std::size_t limit) {
    static constexpr std::string_view kMark = "\\.";
    static constexpr std::size_t kLongestMark = 4;  // with CR LF

    // Lines are looked for in what is there; only a line that starts with a backslash may have to
    // be read further, to see whether it is the mark.
    if (at_copy_line) input.have(kLongestMark);
    if (input.size() == 0) input.read_more();
    const std::string_view window = input.view(0, input.size());
    std::size_t taken = 0;
    while (taken < std::min(window.size(), limit)) {
        if (at_copy_line && window[taken] == '\\') {
            const std::string_view line = window.substr(taken, kLongestMark);
            if (line.size() < kLongestMark && !input.complete()) break;
            const std::size_t line_feed = line.find('\n');
            std::string_view mark = line.substr(0, line_feed);
            if (mark.ends_with('\r')) mark.remove_suffix(1);
            const bool whole_line =
                line_feed != std::string_view::npos || line.size() < kLongestMark;
            if (mark == kMark && whole_line) {
                if (taken > 0) break;
                in_copy_data = false;
                copy_terminator =
                    line.substr(0, line_feed == std::string_view::npos ? std::string_view::npos
                                                                       : line_feed + 1);
                position = position_of(copy_terminator.size());
                input.drop(copy_terminator.size());
                return {};
            }
        }
        const std::size_t line_feed = window.find('\n', taken);
        at_copy_line = line_feed < limit && line_feed != std::string_view::npos;
        if (at_copy_line) ++position.line;
        taken = at_copy_line ? line_feed + 1 : std::min(window.size(), limit);
    }
    if (taken == 0) in_copy_data = false;
    position.offset += taken;
    position.column = 1;
    input.drop(taken);
    return window.substr(0, taken);
}

ScriptReader::ScriptReader(Source source) : impl_(std::make_unique<Impl>(std::move(source))) {}
ScriptReader::ScriptReader(ScriptReader&&) noexcept = default;
ScriptReader::~ScriptReader() = default;

std::optional<Statement> ScriptReader::next() {
    return impl_->next();
}

std::size_t ScriptReader::read_copy_data(std::span<char> buffer) {
    std::size_t filled = 0;
    while (impl_->in_copy_data && filled < buffer.size()) {
        const std::string_view data = impl_->next_copy_data(buffer.size() - filled);
        filled += data.copy(buffer.data() + filled, data.size());
    }
    return filled;
}

const std::string& ScriptReader::copy_terminator() const {
    return impl_->copy_terminator;
}

ScriptReader ScriptReader::of_text(std::string text, Position position) {
    ScriptReader reader(
        [text = std::move(text), taken = std::size_t{0}](std::span<char> buffer) mutable {
            const std::size_t count = text.copy(buffer.data(), buffer.size(), taken);
            taken += count;
            return count;
        });
    reader.impl_->position = position;
    return reader;
}

ScriptReader ScriptReader::of_file(const std::filesystem::path& path) {
    const auto fail = [path](int error_number) {
        throw Error(ErrorKind::migrations, "cannot read " + path.string() + ": " +
                                               std::generic_category().message(error_number));
    };
    const int opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (opened < 0) fail(errno);
    const auto close_file = [](const int* fd) {
        ::close(*fd);
        delete fd;
    };
    // Shared, because a std::function can be copied.
    std::shared_ptr<const int> file(new int(opened), close_file);
    return ScriptReader([file, fail](std::span<char> buffer) {
        for (;;) {
            const ssize_t count = ::read(*file, buffer.data(), buffer.size());
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno != EINTR) fail(errno);
        }
    });
}

}  // namespace rehearse::sql
