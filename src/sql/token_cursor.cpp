#include "token_cursor.hpp"

#include "rehearse/base/text.hpp"

namespace rehearse::sql {

namespace {

// NAMEDATALEN - 1 (manual, 4.1.1); a character is never cut in two.
constexpr std::size_t kLongestName = 63;

std::string cut_to_name(std::string name) {
    if (name.size() <= kLongestName) return name;
    std::size_t length = kLongestName;
    while (length > 0 && (static_cast<unsigned char>(name[length]) & 0xC0U) == 0x80U) --length;
    name.resize(length);
    return name;
}

std::string unquoted(std::string_view quoted_name) {
    const std::string_view inner = quoted_name.substr(1, quoted_name.size() - 2);
    std::string name;
    for (std::size_t i = 0; i < inner.size(); ++i) {
        name += inner[i];
        if (inner[i] == '"') ++i;
    }
    return name;
}

}  // namespace

void TokenCursor::skip_parentheses() {
    int depth = 0;
    do {
        if (token_.kind == TokenKind::open_paren) ++depth;
        if (token_.kind == TokenKind::close_paren) --depth;
        if (depth <= 0 && token_.kind != TokenKind::close_paren) return;
        advance();
    } while (depth > 0 && !done());
}

std::optional<std::string> TokenCursor::take_name() {
    const std::string_view text = token_.text();
    std::optional<std::string> name;
    if (token_.kind == TokenKind::word) {
        name = cut_to_name(lower_cased(text));
    } else if (token_.kind == TokenKind::quoted_name && text[0] == '"' && !token_.unterminated) {
        // U&"..." is left to the parser.
        name = cut_to_name(unquoted(text));
    }
    if (name) advance();
    return name;
}

std::optional<pg::RelationName> TokenCursor::take_relation() {
    std::optional<std::string> name = take_name();
    if (!name) return std::nullopt;
    pg::RelationName relation{"", std::move(*name)};
    while (take(TokenKind::dot)) {
        std::optional<std::string> part = take_name();
        if (!part) return std::nullopt;
        relation = {std::move(relation.name), std::move(*part)};
    }
    return relation;
}

}  // namespace rehearse::sql
