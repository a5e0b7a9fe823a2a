#include "rehearse/base/text.hpp"
#include "rehearse/sql/script.hpp"

#include "lexer.hpp"
#include "token_cursor.hpp"

#include <string>
#include <string_view>

namespace rehearse::sql {

namespace {

std::string masked(std::string_view text);

// What is between the tags of a dollar quote is code: its literals are masked, and the rest can be
// read.
std::string masked_body(std::string_view quoted) {
    const std::size_t tag = quoted.find('$', 1) + 1;
    if (quoted.size() < 2 * tag) return "?";
    return std::string(quoted.substr(0, tag)) +
           masked(quoted.substr(tag, quoted.size() - 2 * tag)) + std::string(quoted.substr(0, tag));
}

// Of the first LANGUAGE clause, without quotes; empty where there is none.
std::string language_of(TokenCursor cursor) {
    while (!cursor.done() && !cursor.at("language")) cursor.advance();
    cursor.take("language");
    std::string language = lower_cased(cursor.token().text());
    std::erase_if(language, [](char c) { return c == '\'' || c == '"'; });
    return language;
}

// The body of a function or a DO block is SQL, too. In another language "..." may be a string.
bool has_sql_body(std::string_view text) {
    TokenCursor cursor(text);
    const bool is_block = cursor.take("do");
    if (!is_block) {
        if (!cursor.take("create")) return false;
        cursor.skip_words({"or", "replace"});
        if (!cursor.at_any({"function", "procedure"})) return false;
    }
    const auto language = language_of(cursor);
    return language == "sql" || language == "plpgsql" || (is_block && language.empty());
}

std::string masked(std::string_view text) {
    const bool has_body = has_sql_body(text);
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
