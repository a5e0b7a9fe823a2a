#include "text_position.hpp"

namespace rehearse::replay {

namespace {

bool begins_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

}  // namespace

sql::Position position_in(const sql::Position& start, std::string_view text,
                          std::size_t character) {
    sql::Position position = start;
    std::size_t passed = 0;
    for (const char byte : text) {
        if (begins_character(byte) && ++passed == character) break;
        ++position.offset;
        if (byte == '\n') {
            ++position.line;
            position.column = 1;
        } else if (begins_character(byte)) {
            ++position.column;
        }
    }
    return position;
}

}  // namespace rehearse::replay
