#include "rehearse/base/text.hpp"

#include <gtest/gtest.h>

namespace rehearse {
namespace {

TEST(Text, LinesEndInLineFeedOrCarriageReturnLineFeed) {
    EXPECT_EQ(split_lines("a\r\nb\n\nc"), (std::vector<std::string>{"a", "b", "", "c"}));
    EXPECT_TRUE(split_lines("").empty());
}

TEST(Text, IsCutBetweenCharacters) {
    EXPECT_EQ(one_line("  a\n\t b  ", 10), "a b");
    EXPECT_EQ(one_line("naïve", 3), "na…") << "the two bytes of ï stay together";
    EXPECT_EQ(shortened("a\nb", 10), "a\nb");
    EXPECT_EQ(shortened("abcdef", 3), "abc…");
}

TEST(Utf8, TheFirstBadByteIsNamed) {
    EXPECT_FALSE(first_invalid_utf8("plain, naïve, 漢字, 🐘"));
    const std::pair<std::string_view, std::size_t> cases[] = {
        {"caf\xE9", 3},           // Latin-1
        {"\xC0\xAF", 0},          // overlong
        {"ab\xED\xA0\x80", 2},    // surrogate
        {"\xF4\x90\x80\x80", 0},  // above U+10FFFF
        {"x\xE6\xBC", 1},         // cut off
        {"\x80", 0},
    };
    for (const auto& [text, offset] : cases) EXPECT_EQ(first_invalid_utf8(text), offset) << text;
}

TEST(Nearest, FindsTheSlipAndNothingElse) {
    const std::vector<std::string> options{"--snapshot", "--snapshots", "--migrations", "--noisy"};
    EXPECT_EQ(nearest("--snapshto", options), "--snapshot");
    EXPECT_EQ(nearest("--migration", options), "--migrations");
    EXPECT_EQ(nearest("--nosiy", options), "--noisy");
    EXPECT_FALSE(nearest("--banana", options));
    EXPECT_FALSE(nearest("x", {}));
}

TEST(Quoting, IsDoneWherePostgresNeedsIt) {
    EXPECT_EQ(quoted_identifier("audit_log"), "audit_log");
    EXPECT_EQ(quoted_identifier("Order"), "\"Order\"");
    EXPECT_EQ(quoted_identifier("user"), "\"user\"");
    EXPECT_EQ(quoted_identifier("with"), "\"with\"");
    EXPECT_EQ(quoted_identifier("say \"x\""), "\"say \"\"x\"\"\"");
    EXPECT_EQ(quoted_identifier(""), "\"\"");
    EXPECT_EQ(quoted_identifier("1st"), "\"1st\"");
    EXPECT_EQ(quoted_literal("it's"), "'it''s'");
    EXPECT_EQ(quoted_literal("a\\b"), "E'a\\\\b'");
}

TEST(Text, IsQuotedForAShellWhereItNeedsToBe) {
    EXPECT_EQ(quoted_for_shell("/srv/a-b_c.sqlite"), "/srv/a-b_c.sqlite");
    EXPECT_EQ(quoted_for_shell("/srv/a b"), "'/srv/a b'");
    EXPECT_EQ(quoted_for_shell("Anna's"), "'Anna'\\''s'");
    EXPECT_EQ(quoted_for_shell("$(x)"), "'$(x)'");
    EXPECT_EQ(quoted_for_shell(""), "''");
}

}  // namespace
}  // namespace rehearse
