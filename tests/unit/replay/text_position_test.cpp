#include "replay/text_position.hpp"

#include <gtest/gtest.h>

namespace rehearse::replay {
namespace {

TEST(TextPosition, CountsLinesAndColumnsInCharacters) {
    const struct {
        const char* text;
        std::size_t character;
        int line;
        int column;
        std::uint64_t offset;
    } cases[] = {
        {"SELECT nope", 8, 10, 12, 107},
        {"SELECT nope", 1, 10, 5, 100},
        {"SELECT\n  nope", 10, 11, 3, 109},
        {"SELECT 'ä€𝄞', nope", 15, 10, 19, 120},  // 2, 3 and 4 bytes
        {"-- ä\nnope", 6, 11, 1, 106},
        {"SELECT", 7, 10, 11, 106},  // one past the end: "syntax error at end of input"
        {"SELECT", 700, 10, 11, 106},
    };
    for (const auto& each : cases) {
        const sql::Position found = position_in({100, 10, 5}, each.text, each.character);
        EXPECT_EQ(found.line, each.line) << each.text;
        EXPECT_EQ(found.column, each.column) << each.text;
        EXPECT_EQ(found.offset, each.offset) << each.text;
    }
}

}  // namespace
}  // namespace rehearse::replay
