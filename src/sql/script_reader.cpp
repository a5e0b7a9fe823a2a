#include "rehearse/base/error.hpp"
#include "rehearse/sql/script.hpp"

#include "copy_data.hpp"
#include "input.hpp"
#include "lexer.hpp"
#include "position.hpp"
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

}  // namespace

// Offsets are bytes from input.begin(), where the piece that is being read starts.
struct ScriptReader::Impl {
    struct Span {
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    explicit Impl(Source source) : input(std::move(source)) {}

    std::optional<Statement> next();

    std::size_t skip_byte_order_mark();
    Statement piece(Span text, std::size_t end);
    Statement statement(Span text, std::size_t end, const StatementState& state);
    Statement meta_command(std::size_t offset);
    Statement last_piece(Span text, std::size_t offset, const Token& token,
                         const StatementState& state);
    Position position_of(std::size_t offset) { return advanced(position, input.view(0, offset)); }

    Input input;
    Position position;        // of input.begin()
    bool cut_in_two = false;  // the piece before was ended by a meta-command
    CopyData copy_data;
};

std::optional<Statement> ScriptReader::Impl::next() {
    copy_data.skip(input, position);
    StatementState state;
    Span text;
    for (std::size_t offset = skip_byte_order_mark();;) {
        const Token token = token_at(input, offset);
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
    Statement copy = piece(text, start_of_copy_data(input, end, position));
    copy.has_copy_data = true;
    copy_data.begin();
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

ScriptReader::ScriptReader(Source source) : impl_(std::make_unique<Impl>(std::move(source))) {}
ScriptReader::ScriptReader(ScriptReader&&) noexcept = default;
ScriptReader::~ScriptReader() = default;

std::optional<Statement> ScriptReader::next() {
    return impl_->next();
}

std::size_t ScriptReader::read_copy_data(std::span<char> buffer) {
    return impl_->copy_data.read(impl_->input, impl_->position, buffer);
}

const std::string& ScriptReader::copy_terminator() const {
    return impl_->copy_data.terminator();
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
    return ScriptReader(source_of(path));
}

ScriptReader::Source ScriptReader::source_of(const std::filesystem::path& path) {
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
    return [file, fail](std::span<char> buffer) {
        for (;;) {
            const ssize_t count = ::read(*file, buffer.data(), buffer.size());
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno != EINTR) fail(errno);
        }
    };
}

}  // namespace rehearse::sql
