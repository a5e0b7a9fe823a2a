#include "psql_copy.hpp"

#include "rehearse/base/text.hpp"

#include "psql_arguments.hpp"
#include "token_cursor.hpp"

namespace rehearse::sql {

namespace {

constexpr const char* kForm = R"(Write \copy TABLE from 'FILE', or \copy TABLE from stdin.)";

[[noreturn]] void fail(std::size_t offset, const std::string& message, const std::string& hint) {
    throw PsqlFault{offset, message, hint};
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Where FROM or TO stands outside parentheses; the end where there is none.
std::size_t direction_at(std::string_view text) {
    int depth = 0;
    for (TokenCursor cursor{text}; !cursor.done(); cursor.advance()) {
        const Token& token = cursor.token();
        if (token.kind == TokenKind::open_paren) ++depth;
        if (token.kind == TokenKind::close_paren) --depth;
        if (depth == 0 && cursor.at_any({"from", "to"}))
            return static_cast<std::size_t>(token.begin - text.data());
    }
    return text.size();
}

struct Source {
    std::string name;
    bool is_quoted = false;
    std::size_t end = 0;
};

// A word, or '...' in which a doubled quote is one.
Source source_at(std::string_view text, std::size_t at) {
    while (at < text.size() && is_space(text[at])) ++at;
    Source source;
    source.is_quoted = at < text.size() && text[at] == '\'';
    if (!source.is_quoted) {
        source.end = at;
        while (source.end < text.size() && !is_space(text[source.end]) && text[source.end] != ';')
            ++source.end;
        source.name = text.substr(at, source.end - at);
        return source;
    }
    for (std::size_t i = at + 1; i < text.size(); ++i) {
        if (text[i] != '\'') {
            source.name += text[i];
        } else if (i + 1 < text.size() && text[i + 1] == '\'') {
            source.name += text[i++];
        } else {
            source.end = i + 1;
            return source;
        }
    }
    fail(at, "a quoted file name that does not end", "Close it on the same line.");
}

bool has_word(std::string_view text, std::string_view word) {
    for (TokenCursor cursor{text}; !cursor.done(); cursor.advance()) {
        if (cursor.at(word)) return true;
    }
    return false;
}

}  // namespace

ClientCopy client_copy(std::string_view arguments) {
    while (!arguments.empty() && (arguments.ends_with(';') || is_space(arguments.back())))
        arguments.remove_suffix(1);
    const std::size_t direction = direction_at(arguments);
    if (direction == arguments.size() || direction == 0)
        fail(0, R"(\copy without a table and FROM)", kForm);
    TokenCursor cursor{arguments.substr(direction)};
    if (cursor.at("to"))
        fail(direction, R"(\copy ... to writes rows to a file, which a rehearsal does not)",
             "Take the line out.");
    const Source source = source_at(arguments, direction + 4);
    if (source.end == 0 || source.name.empty()) fail(direction, R"(\copy without a file)", kForm);
    const std::string word = lower_cased(source.name);
    if (!source.is_quoted && word == "program")
        fail(direction, R"(\copy ... from program runs a program of its own)",
             "Put its output into a file and copy from that.");
    if (!source.is_quoted && word == "pstdin")
        fail(direction, R"(\copy ... from pstdin reads what psql is given on its own input)",
             "Put the rows into a file, or into the script behind FROM stdin.");
    const std::string_view options = arguments.substr(source.end);
    ClientCopy copy;
    copy.statement = "COPY " + std::string(trimmed(arguments.substr(0, direction))) + " FROM STDIN";
    if (!trimmed(options).empty()) copy.statement += " " + std::string(trimmed(options));
    // psql takes stdout for stdin here.
    if (source.is_quoted || (word != "stdin" && word != "stdout")) copy.file = source.name;
    copy.is_binary =
        has_word(arguments.substr(0, direction), "binary") || has_word(options, "binary");
    return copy;
}

}  // namespace rehearse::sql
