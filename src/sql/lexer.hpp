#pragma once

#include <cstdint>
#include <string_view>

namespace rehearse::sql {

enum class TokenKind : std::uint8_t {
    end,
    space,
    line_comment,  // without its line feed
    block_comment,
    word,           // keyword or unquoted identifier
    quoted_name,    // "x", U&"x"
    string,         // 'x', E'x', B'x', X'x', N'x', U&'x'
    dollar_string,  // $tag$x$tag$
    number,
    parameter,  // $1
    op,         // a run of operator characters
    open_paren,
    close_paren,
    comma,
    dot,
    semicolon,
    backslash,  // starts a psql meta-command
    other,
};

struct Token {
    TokenKind kind = TokenKind::end;
    bool unterminated = false;  // the text ends inside it
    bool wants_more = false;    // what follows may change it: lex again with more text
    const char* begin = nullptr;
    const char* end = nullptr;

    std::string_view text() const { return {begin, static_cast<std::size_t>(end - begin)}; }
    bool is_blank() const {
        return kind == TokenKind::space || kind == TokenKind::line_comment ||
               kind == TokenKind::block_comment;
    }
};

// A token without its beginning, small enough to be returned in registers. (Copying a Token just
// made stalls the processor: bytes were written, words are read. It took a third of the time.)
struct Lexeme {
    const char* end = nullptr;
    TokenKind kind = TokenKind::end;
    bool unterminated = false;
    bool wants_more = false;
};

Lexeme next_lexeme(const char* at, const char* end, bool is_last);

inline Token token_of(const Lexeme& found, const char* begin) {
    return {found.kind, found.unterminated, found.wants_more, begin, found.end};
}

// The token at `at`, by the rules of PostgreSQL's own lexer (manual, 4.1 "Lexical Structure") with
// standard_conforming_strings on. `is_last`: the script ends at `end`; otherwise more may follow.
inline Token next_token(const char* at, const char* end, bool is_last) {
    return token_of(next_lexeme(at, end, is_last), at);
}

// Is it this keyword? `keyword` in lower case.
bool is_word(const Token& token, std::string_view keyword);

}  // namespace rehearse::sql
