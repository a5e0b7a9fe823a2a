#include "plan/checked_text.hpp"

#include <gtest/gtest.h>

namespace rehearse::plan {
namespace {

using Fault = CheckedText::Fault;

// Feeds the text in chunks of `size` bytes.
CheckedText checked(std::string_view text, std::size_t size) {
    CheckedText check;
    for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) {
        if (!check.add(text.substr(0, size))) return check;
    }
    check.finish();
    return check;
}

struct Case {
    std::string_view text;
    Fault fault;
    int line;
    int column;
};

using namespace std::string_view_literals;

constexpr Case kCases[] = {
    {"", Fault::none, 1, 1},
    {"SELECT 'Łódź 東京 🐘';\n", Fault::none, 2, 1},
    {"\xEF\xBB\xBFSELECT '\xE9';", Fault::not_utf8, 1, 9},
    {"-- a\nSELECT 'ü\xE9';", Fault::not_utf8, 2, 10},
    {"\xE9", Fault::not_utf8, 1, 1},
    {"a\n\nb\xC3", Fault::not_utf8, 3, 2},
    {"a\xE6\x9D", Fault::not_utf8, 1, 2},
    {"\xC0\x80", Fault::not_utf8, 1, 1},
    {"ab\xED\xA0\x80", Fault::not_utf8, 1, 3},
    {"\x80", Fault::not_utf8, 1, 1},
    {"a\xF0\x9F\x90\xC3\xA9", Fault::not_utf8, 1, 2},
    {"ab\ncd\0e"sv, Fault::nul_byte, 2, 3},
};

TEST(CheckedText, FindsTheFirstFaultHoweverTheTextIsCut) {
    for (const Case& one : kCases) {
        for (const std::size_t size : {1U, 2U, 3U, 5U, 100U}) {
            // The byte order mark is looked for in the first chunk, which in a file has more bytes.
            if (one.text.starts_with("\xEF\xBB\xBF") && size < 3) continue;
            const CheckedText check = checked(one.text, size);
            const std::string where =
                std::string(one.text) + " in chunks of " + std::to_string(size);
            EXPECT_EQ(check.fault(), one.fault) << where;
            EXPECT_EQ(check.position().line, one.line) << where;
            EXPECT_EQ(check.position().column, one.column) << where;
        }
    }
}

TEST(CheckedText, TellsUtf16ByItsByteOrderMark) {
    EXPECT_EQ(checked("\xFF\xFES\0"sv, 100).fault(), Fault::utf16);
    EXPECT_EQ(checked("\xFE\xFF\0S"sv, 100).fault(), Fault::utf16);
}

}  // namespace
}  // namespace rehearse::plan
