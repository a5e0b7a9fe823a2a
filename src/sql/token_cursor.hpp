#pragma once

#include "rehearse/pg/types.hpp"

#include "lexer.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace rehearse::sql {

// A statement's tokens, one after the other, without white space and comments.
class TokenCursor {
  public:
    explicit TokenCursor(std::string_view text)
        : next_(text.data()), end_(text.data() + text.size()) {
        advance();
    }

    const Token& token() const { return token_; }
    bool done() const { return token_.kind == TokenKind::end; }
    void advance() {
        do {
            token_ = next_token(next_, end_, true);
            next_ = token_.end;
        } while (token_.is_blank());
    }
    bool at(std::string_view keyword) const { return is_word(token_, keyword); }
    bool at_any(std::initializer_list<std::string_view> keywords) const {
        for (const std::string_view keyword : keywords) {
            if (at(keyword)) return true;
        }
        return false;
    }

    // Passes over the token when it is this one.
    bool take(std::string_view keyword) {
        if (!at(keyword)) return false;
        advance();
        return true;
    }
    bool take(TokenKind kind) {
        if (token_.kind != kind) return false;
        advance();
        return true;
    }
    void skip_words(std::initializer_list<std::string_view> keywords) {
        while (at_any(keywords)) advance();
    }
    // Passes over "(...)" when it stands there.
    void skip_parentheses();

    // An identifier as the catalog has it: folded to lower case unless quoted, cut to 63 bytes.
    std::optional<std::string> take_name();
    // name, schema.name or database.schema.name.
    std::optional<pg::RelationName> take_relation();

  private:
    const char* next_;
    const char* end_;
    Token token_;
};

}  // namespace rehearse::sql
