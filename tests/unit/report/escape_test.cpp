#include "report/escape.hpp"

#include <gtest/gtest.h>

namespace rehearse::report {
namespace {

TEST(Prose, ShowsTextAsItIs) {
    const std::pair<const char*, const char*> cases[] = {
        {"plain text, 41.2 s", "plain text, 41.2 s"},
        {"<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"},
        {"a|b", "a&#124;b"},
        {"a\\|b", "a&#92;&#124;b"},
        {"*x* _y_ ~~z~~ `c` [l](u)", "\\*x\\* \\_y\\_ \\~\\~z\\~\\~ \\`c\\` \\[l\\](u)"},
        {"$1", "&#36;1"},
        {"@team", "@&#8203;team"},
        {"fixes #12", "fixes #&#8203;12"},
        {"!12 and wow!", "!&#8203;12 and wow!"},
        {"https://x.y", "https:&#8203;//x.y"},
        {"WWW.x.y", "WWW&#8203;.x.y"},
        {"two\nlines\r\n  more", "two lines more"},
        {"\033[31m", "\\[31m"},
    };
    for (const auto& [text, expected] : cases) EXPECT_EQ(prose(text), expected);
}

TEST(Code, IsASpanWhereThatIsSafe) {
    EXPECT_EQ(code("sso_required"), "`sso_required`");
    EXPECT_EQ(code("<b>@team #1 *x*"), "`<b>@team #1 *x*`");
    EXPECT_EQ(code("two\nlines"), "`two lines`");
    EXPECT_EQ(code(""), "");
}

TEST(Code, IsATagWithEntitiesWhereItIsNot) {
    EXPECT_EQ(code("a|b"), "<code>a&#124;b</code>");
    EXPECT_EQ(code("a`b"), "<code>a&#96;b</code>");
    EXPECT_EQ(code("a\\"), "<code>a&#92;</code>");
    EXPECT_EQ(code("|</code>@x_*"), "<code>&#124;&#60;/code&#62;&#64;x&#95;&#42;</code>");
}

TEST(CodeBlock, HasALongerFenceThanItsText) {
    EXPECT_EQ(code_block({"SELECT 1"}, "sql"), "```sql\nSELECT 1\n```\n");
    EXPECT_EQ(code_block({"```", "`````"}, ""), "``````\n```\n`````\n``````\n");
}

}  // namespace
}  // namespace rehearse::report
