#include "position.hpp"

namespace rehearse::sql {

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

}  // namespace rehearse::sql
