#include "lexer.hpp"

#include <array>
#include <cstring>
#include <string_view>

namespace rehearse::sql {

namespace {

enum CharClass : std::uint8_t {
    kSpace = 1,
    kNameStart = 2,
    kNamePart = 4,
    kOperator = 8,
    kDigit = 16,
    kTagPart = 32,  // of a dollar quote: as kNamePart, but no "$"
};

constexpr std::array<std::uint8_t, 256> char_classes() {
    std::array<std::uint8_t, 256> classes{};
    for (unsigned c = 0; c < 256; ++c) {
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 128) {
            classes[c] = kNameStart | kNamePart | kTagPart;
        } else if (c >= '0' && c <= '9') {
            classes[c] = kNamePart | kTagPart | kDigit;
        }
    }
    classes['$'] = kNamePart;
    for (const char c : std::string_view{" \t\n\r\f\v"}) {
        classes[static_cast<unsigned char>(c)] = kSpace;
    }
    for (const char c : std::string_view{"~!@#^&|`?+-*/%<>="}) {
        classes[static_cast<unsigned char>(c)] = kOperator;
    }
    return classes;
}

constexpr std::array<std::uint8_t, 256> kClasses = char_classes();

bool has(char c, std::uint8_t char_class) {
    return (kClasses[static_cast<unsigned char>(c)] & char_class) != 0;
}

class Lexer {
  public:
    Lexer(const char* at, const char* end, bool is_last) : begin_(at), end_(end), last_(is_last) {}

    Lexeme token();

  private:
    Lexeme made(TokenKind kind, const char* token_end) const {
        return {token_end, kind, false, false};
    }
    // For a token that ends where a character stands that is not of its class.
    Lexeme run(TokenKind kind, std::uint8_t char_class, const char* from) const {
        while (from != end_ && has(*from, char_class)) ++from;
        return open_ended(kind, from);
    }
    Lexeme open_ended(TokenKind kind, const char* token_end) const {
        return {token_end, kind, false, token_end == end_ && !last_};
    }
    Lexeme unterminated(TokenKind kind) const { return {end_, kind, last_, !last_}; }

    char at(const char* p) const { return p < end_ ? *p : '\0'; }
    const char* find(const char* from, char c) const {
        return static_cast<const char*>(
            std::memchr(from, c, static_cast<std::size_t>(end_ - from)));
    }

    Lexeme word() const;
    Lexeme number() const;
    Lexeme operators() const;
    Lexeme line_comment() const;
    Lexeme block_comment() const;
    Lexeme quoted(TokenKind kind, char quote, const char* from) const;
    Lexeme escaped_string(const char* from) const;
    Lexeme dollar() const;

    const char* begin_;
    const char* end_;
    bool last_;
};

Lexeme Lexer::token() {
    if (begin_ == end_) return {end_, TokenKind::end, false, !last_};
    const char c = *begin_;
    if (has(c, kNameStart)) return word();
    if (has(c, kSpace)) return run(TokenKind::space, kSpace, begin_ + 1);
    if (has(c, kDigit)) return number();
    if (has(c, kOperator)) return operators();
    switch (c) {
        case '\'':
            return quoted(TokenKind::string, '\'', begin_ + 1);
        case '"':
            return quoted(TokenKind::quoted_name, '"', begin_ + 1);
        case '$':
            return dollar();
        case '(':
            return made(TokenKind::open_paren, begin_ + 1);
        case ')':
            return made(TokenKind::close_paren, begin_ + 1);
        case ',':
            return made(TokenKind::comma, begin_ + 1);
        case ';':
            return made(TokenKind::semicolon, begin_ + 1);
        case '\\':
            return made(TokenKind::backslash, begin_ + 1);
        case '.':
            if (begin_ + 1 == end_ && !last_) return open_ended(TokenKind::dot, end_);
            if (has(at(begin_ + 1), kDigit)) return number();
            return made(TokenKind::dot, begin_ + 1);
        default:
            return made(TokenKind::other, begin_ + 1);
    }
}

Lexeme Lexer::word() const {
    const char* p = begin_ + 1;
    while (p != end_ && has(*p, kNamePart)) ++p;
    if (p - begin_ != 1) return open_ended(TokenKind::word, p);

    // One letter may be the prefix of a quote.
    if (p == end_) return open_ended(TokenKind::word, p);
    switch (*begin_) {
        case 'e':
        case 'E':
            if (*p == '\'') return escaped_string(p + 1);
            break;
        case 'b':
        case 'B':
        case 'x':
        case 'X':
        case 'n':
        case 'N':
            if (*p == '\'') return quoted(TokenKind::string, '\'', p + 1);
            break;
        case 'u':
        case 'U':
            if (*p != '&') break;
            if (p + 1 == end_ && !last_) return unterminated(TokenKind::word);
            if (at(p + 1) == '\'') return quoted(TokenKind::string, '\'', p + 2);
            if (at(p + 1) == '"') return quoted(TokenKind::quoted_name, '"', p + 2);
            break;
        default:
            break;
    }
    return made(TokenKind::word, p);
}

// Letters that follow at once are the next token, as before PostgreSQL 15 (which refuses them).
Lexeme Lexer::number() const {
    const auto skip_digits = [this](const char* p) {
        while (p != end_ && (has(*p, kDigit) || *p == '_')) ++p;
        return p;
    };
    const char* p = begin_;
    if (*p == '0' && p + 1 != end_ && std::strchr("xXoObB", p[1]) != nullptr && p[1] != '\0') {
        const char* digits = p + 2;
        const char* after = digits;
        while (after != end_ && has(*after, kTagPart)) ++after;
        if (after == end_ && !last_) return unterminated(TokenKind::number);
        if (after != digits) return made(TokenKind::number, after);
    }
    p = skip_digits(p);
    if (p != end_ && *p == '.') {
        if (p + 1 == end_ && !last_) return unterminated(TokenKind::number);
        // "1..10" is a range of PL/pgSQL, not "1." and ".10".
        if (at(p + 1) == '.') return made(TokenKind::number, p);
        p = skip_digits(p + 1);
    }
    if (p != end_ && (*p == 'e' || *p == 'E')) {
        const char* exponent = p + 1;
        if (at(exponent) == '+' || at(exponent) == '-') ++exponent;
        if (exponent == end_ && !last_) return unterminated(TokenKind::number);
        if (has(at(exponent), kDigit)) p = skip_digits(exponent);
    }
    return open_ended(TokenKind::number, p);
}

// A comment that starts inside a run of operator characters ends the operator.
Lexeme Lexer::operators() const {
    const char* p = begin_;
    while (p != end_ && has(*p, kOperator)) {
        const bool starts_comment =
            (*p == '-' && at(p + 1) == '-') || (*p == '/' && at(p + 1) == '*');
        if (starts_comment) {
            if (p != begin_) return made(TokenKind::op, p);
            return *p == '-' ? line_comment() : block_comment();
        }
        ++p;
    }
    return open_ended(TokenKind::op, p);
}

Lexeme Lexer::line_comment() const {
    const char* p = begin_ + 2;
    while (p != end_ && *p != '\n' && *p != '\r') ++p;
    return open_ended(TokenKind::line_comment, p);
}

Lexeme Lexer::block_comment() const {
    int depth = 1;
    const char* p = begin_ + 2;
    while (p + 1 < end_) {
        if (p[0] == '*' && p[1] == '/') {
            p += 2;
            if (--depth == 0) return made(TokenKind::block_comment, p);
        } else if (p[0] == '/' && p[1] == '*') {
            p += 2;
            ++depth;
        } else {
            ++p;
        }
    }
    return unterminated(TokenKind::block_comment);
}

// A doubled quote is one of its characters. The quotes of a string that is continued on the next
// line are two tokens: that changes nothing where no escapes are.
Lexeme Lexer::quoted(TokenKind kind, char quote, const char* from) const {
    for (;;) {
        const char* p = find(from, quote);
        if (p == nullptr) return unterminated(kind);
        if (p + 1 == end_) return open_ended(kind, p + 1);
        if (p[1] != quote) return made(kind, p + 1);
        from = p + 2;
    }
}

// E'...': a backslash takes the next character with it, also in what continues the string behind a
// line feed (manual, 4.1.2.1).
Lexeme Lexer::escaped_string(const char* from) const {
    const char* p = from;
    for (;;) {
        while (p != end_ && *p != '\'' && *p != '\\') ++p;
        if (p == end_ || (*p == '\\' && p + 1 == end_)) return unterminated(TokenKind::string);
        if (*p == '\\' || at(p + 1) == '\'') {
            p += 2;
            continue;
        }
        const char* closed = p + 1;
        bool line_passed = false;
        for (p = closed; p != end_; ++p) {
            if (*p == '\n' || *p == '\r') {
                line_passed = true;
            } else if (*p == '-' && at(p + 1) == '-') {
                while (p + 1 != end_ && p[1] != '\n' && p[1] != '\r') ++p;
            } else if (!has(*p, kSpace)) {
                break;
            }
        }
        // "-" may become "--".
        const bool undecided = p == end_ || (*p == '-' && p + 1 == end_);
        if (undecided && !last_) return unterminated(TokenKind::string);
        if (p == end_ || *p != '\'' || !line_passed) return made(TokenKind::string, closed);
        ++p;
    }
}

Lexeme Lexer::dollar() const {
    const char* p = begin_ + 1;
    if (p != end_ && has(*p, kDigit)) return run(TokenKind::parameter, kDigit, p);
    while (p != end_ && has(*p, kTagPart)) ++p;
    if (p == end_) {
        if (!last_) return unterminated(TokenKind::other);
        return made(TokenKind::other, begin_ + 1);
    }
    if (*p != '$') return made(TokenKind::other, begin_ + 1);
    ++p;
    const std::string_view tag(begin_, static_cast<std::size_t>(p - begin_));
    const void* closing = ::memmem(p, static_cast<std::size_t>(end_ - p), tag.data(), tag.size());
    if (closing == nullptr) return unterminated(TokenKind::dollar_string);
    return made(TokenKind::dollar_string, static_cast<const char*>(closing) + tag.size());
}

}  // namespace

Lexeme next_lexeme(const char* at, const char* end, bool is_last) {
    return Lexer(at, end, is_last).token();
}

bool is_word(const Token& token, std::string_view keyword) {
    if (token.kind != TokenKind::word) return false;
    const std::string_view text = token.text();
    if (text.size() != keyword.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (lower != keyword[i]) return false;
    }
    return true;
}

}  // namespace rehearse::sql
