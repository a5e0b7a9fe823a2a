#include "rehearse/sql/row_write.hpp"

#include "token_cursor.hpp"

#include <string>
#include <utility>
#include <vector>

namespace rehearse::sql {

namespace {

// 'it''s' and E'it\'s' as the server has them, as far as names and versions need it: other escapes
// than of a quote or a backslash stay as they stand.
std::string unquoted_string(std::string_view text) {
    const auto quote = text.find('\'');
    const bool has_escapes = quote == 1 && (text[0] == 'e' || text[0] == 'E');
    const auto inner = text.substr(quote + 1, text.size() - quote - 2);
    std::string value;
    for (std::size_t i = 0; i < inner.size(); ++i) {
        const bool is_pair = i + 1 < inner.size() && ((inner[i] == '\'' && inner[i + 1] == '\'') ||
                                                      (has_escapes && inner[i] == '\\'));
        if (is_pair) ++i;
        value += inner[i];
    }
    return value;
}

std::string unquoted_dollar_string(std::string_view text) {
    const auto tag = text.find('$', 1) + 1;
    return std::string{text.substr(tag, text.size() - 2 * tag)};
}

// Up to the comma or parenthesis that ends it, or one of the words that may follow in an UPDATE.
WrittenValue take_value(TokenCursor& cursor) {
    WrittenValue value;
    const Token first = cursor.token();
    const char* end = first.begin;
    std::size_t tokens = 0;
    bool is_cast = false;
    for (int depth = 0; !cursor.done(); cursor.advance()) {
        const Token& token = cursor.token();
        const bool ends = token.kind == TokenKind::comma || token.kind == TokenKind::semicolon ||
                          token.kind == TokenKind::close_paren ||
                          cursor.at_any({"where", "from", "returning", "on"});
        if (depth == 0 && ends) break;
        if (token.kind == TokenKind::open_paren) ++depth;
        if (token.kind == TokenKind::close_paren) --depth;
        // What a cast makes of it is not asked.
        if (token.text().starts_with(':') && tokens == 1) is_cast = true;
        if (!is_cast) ++tokens;
        end = token.end;
    }
    value.text = std::string{first.begin, end};
    if (tokens != 1) return value;
    switch (first.kind) {
        case TokenKind::string:
            value.text = unquoted_string(first.text());
            break;
        case TokenKind::dollar_string:
            value.text = unquoted_dollar_string(first.text());
            break;
        case TokenKind::parameter:
            value.parameter = std::stoi(std::string{first.text().substr(1, 9)});
            return value;
        case TokenKind::number:
        case TokenKind::word:
            value.text = std::string{first.text()};
            break;
        default:
            return value;
    }
    value.is_literal = true;
    return value;
}

std::vector<std::string> take_columns(TokenCursor& cursor) {
    std::vector<std::string> columns;
    while (auto name = cursor.take_name()) {
        columns.push_back(std::move(*name));
        if (!cursor.take(TokenKind::comma)) break;
    }
    while (!cursor.done() && !cursor.take(TokenKind::close_paren)) cursor.advance();
    return columns;
}

void take_rows(TokenCursor& cursor, const std::vector<std::string>& columns, RowWrite& write) {
    while (cursor.take(TokenKind::open_paren)) {
        write.values.clear();
        for (std::size_t i = 0; !cursor.done(); ++i) {
            const auto place = i < columns.size() ? columns[i] : std::to_string(i + 1);
            write.values[place] = take_value(cursor);
            if (!cursor.take(TokenKind::comma)) break;
        }
        cursor.take(TokenKind::close_paren);
        if (!cursor.take(TokenKind::comma)) return;
    }
}

void take_insert(TokenCursor& cursor, RowWrite& write) {
    if (cursor.take("as")) cursor.advance();
    std::vector<std::string> columns;
    if (cursor.take(TokenKind::open_paren)) columns = take_columns(cursor);
    if (cursor.take("overriding")) cursor.skip_words({"system", "user", "value"});
    if (cursor.take("values")) take_rows(cursor, columns, write);
}

void take_update(TokenCursor& cursor, RowWrite& write) {
    while (!cursor.done() && !cursor.take("set")) cursor.advance();
    while (auto column = cursor.take_name()) {
        if (!cursor.take(TokenKind::op)) return;
        write.values[*column] = take_value(cursor);
        if (!cursor.take(TokenKind::comma)) return;
    }
}

}  // namespace

std::optional<RowWrite> row_write_in(std::string_view text) {
    TokenCursor cursor(text);
    RowWrite write;
    if (cursor.take("insert")) {
        write.kind = RowWrite::Kind::insert;
    } else if (cursor.take("update")) {
        write.kind = RowWrite::Kind::update;
    } else if (cursor.take("delete")) {
        write.kind = RowWrite::Kind::delete_rows;
    } else {
        return std::nullopt;
    }
    cursor.skip_words({"into", "from", "only"});
    auto relation = cursor.take_relation();
    if (!relation) return std::nullopt;
    write.relation = std::move(*relation);
    if (write.kind == RowWrite::Kind::insert) take_insert(cursor, write);
    if (write.kind == RowWrite::Kind::update) take_update(cursor, write);
    return write;
}

}  // namespace rehearse::sql
