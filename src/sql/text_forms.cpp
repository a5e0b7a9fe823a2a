#include "rehearse/sql/script.hpp"

#include "lexer.hpp"
#include "token_cursor.hpp"

#include <string>
#include <string_view>

namespace rehearse::sql {

namespace {

std::string masked(std::string_view text);

// What is between the tags of a dollar quote is code where a routine is made: its literals are
// masked, and the rest can be read.
std::string masked_body(std::string_view quoted) {
    const std::size_t tag = quoted.find('$', 1) + 1;
    if (quoted.size() < 2 * tag) return "?";
    return std::string(quoted.substr(0, tag)) +
           masked(quoted.substr(tag, quoted.size() - 2 * tag)) + std::string(quoted.substr(0, tag));
}

bool makes_routine(std::string_view text) {
    TokenCursor cursor(text);
    if (cursor.at("do")) return true;
    if (!cursor.take("create")) return false;
    cursor.skip_words({"or", "replace"});
    return cursor.at_any({"function", "procedure"});
}

std::string masked(std::string_view text) {
    const bool has_body = makes_routine(text);
    std::string out;
    const char* const end = text.data() + text.size();
    for (const char* at = text.data(); at != end;) {
        const Token token = next_token(at, end, true);
        at = token.end;
        switch (token.kind) {
            case TokenKind::line_comment:
                break;
            case TokenKind::block_comment:
                out += ' ';
                break;
            case TokenKind::dollar_string:
                out += has_body ? masked_body(token.text()) : "?";
                break;
            case TokenKind::string:
            case TokenKind::number:
                out += '?';
                break;
            default:
                out += token.text();
        }
    }
    return out;
}

}  // namespace

std::string normalized(std::string_view text) {
    std::string out;
    const char* const end = text.data() + text.size();
    bool gap = false;
    bool line_passed = false;
    TokenKind before = TokenKind::end;
    for (const char* at = text.data(); at != end;) {
        const Token token = next_token(at, end, true);
        at = token.end;
        if (token.is_blank()) {
            gap = true;
            line_passed = line_passed || token.text().find('\n') != std::string_view::npos;
            continue;
        }
        // Two strings are one where a line feed is between them, and an error where none is.
        const bool continues_string =
            line_passed && before == TokenKind::string && token.kind == TokenKind::string;
        if (gap && !out.empty()) out += continues_string ? '\n' : ' ';
        out += token.text();
        gap = line_passed = false;
        before = token.kind;
    }
    if (before == TokenKind::semicolon) {
        while (out.ends_with(';') || out.ends_with(' ')) out.pop_back();
    }
    return out;
}

std::string with_masked_literals(std::string_view text) {
    return masked(text);
}

}  // namespace rehearse::sql
