#include "report/html_escape.hpp"

#include <gtest/gtest.h>

namespace rehearse::report {
namespace {

TEST(Html, ShowsTextAsItIs) {
    using namespace std::string_literals;
    const std::pair<std::string, std::string> cases[] = {
        {"plain text, 41.2 s", "plain text, 41.2 s"},
        {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
        {"a\" onload='x'", "a&quot; onload=&#39;x&#39;"},
        {"&lt;", "&amp;lt;"},
        {"]]>-->", "]]&gt;--&gt;"},
        {"two\nlines\r\n  more", "two lines more"},
        {"\033[31mred", "[31mred"},
        {"a\0b"s, "a b"},
        {"\u202Eoverride\u2066", "override"},
        {"\xC0\xAF", "??"},
        {"größe 表名 🙂", "größe 表名 🙂"},
    };
    for (const auto& [text, expected] : cases) {
        const auto shown = html(text);
        EXPECT_EQ(shown.substr(shown.find_first_not_of(' ')), expected) << text;
    }
}

TEST(Html, IsolatesWhatIsWrittenFromRightToLeft) {
    const std::pair<const char*, const char*> cases[] = {
        {"0045 שלום 41.2 s", "0045 \u2067שלום\u2069 41.2 s"},
        {"שלום", "\u2067שלום\u2069"},
        {"orders_טבלה_2", "orders_\u2067טבלה\u2069_2"},
        {"שלום 3 ימים, then 12 s", "\u2067שלום 3 ימים\u2069, then 12 s"},
        {"شركة of טבלה <b>", "\u2067شركة\u2069 of \u2067טבלה\u2069 &lt;b&gt;"},
        {"a\u200F 1", "a\u2067\u200F\u2069 1"},
        {"𞤀 7", "\u2067𞤀\u2069 7"},
        {"größe, 表名, 🙂", "größe, 表名, 🙂"},
    };
    for (const auto& [text, expected] : cases) EXPECT_EQ(html(text), expected);
    EXPECT_EQ(html_code("טבלה 2"), "<code>טבלה 2</code>");
}

TEST(Html, KeepsLinesAndIndentation) {
    EXPECT_EQ(html_lines("a <\n\tb\r\n\n  c"), "a &lt;\n    b\n\n  c");
}

TEST(HtmlPath, LeadsToAFileAndNowhereElse) {
    const std::pair<const char*, const char*> cases[] = {
        {"../20261115/report.html", "../20261115/report.html"},
        {"/srv/runs/a b/report.html", "/srv/runs/a%20b/report.html"},
        {"javascript:alert(1)", "javascript%3Aalert%281%29"},
        {"//evil.example/x", "/evil.example/x"},
        {"a?b#c%d", "a%3Fb%23c%25d"},
        {"\" onclick=\"x", "%22%20onclick%3D%22x"},
        {"", ""},
        {"ü", "%C3%BC"},
    };
    for (const auto& [path, expected] : cases) EXPECT_EQ(html_path(path), expected);
}

}  // namespace
}  // namespace rehearse::report
