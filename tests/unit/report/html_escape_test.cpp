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
