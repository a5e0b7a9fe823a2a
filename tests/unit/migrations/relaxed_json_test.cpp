#include "migrations/relaxed_json.hpp"

#include <gtest/gtest.h>

namespace rehearse::migrations {
namespace {

TEST(RelaxedJson, IsMadeStrict) {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"a": [1, 2]})", R"({"a": [1, 2]})"},
        {"{a: 1, $b_2: -1.5e3,}", R"({"a": 1, "$b_2": -1.5e3})"},
        {"[1, // one\n2, /* two, */\n]", "[1, \n2 \n]"},
        {R"(['it\'s "so"', "it\"s"])", R"(["it's \"so\"", "it\"s"])"},
        {R"({'a//b': "/* c */", d: null, e: true})",
         R"({"a//b": "/* c */", "d": null, "e": true})"},
        {"['a\\\nb']", R"(["ab"])"},
        {"/* open", ""},
        {"'open", "\"open\""},
    };
    for (const auto& [text, strict] : cases) EXPECT_EQ(as_strict_json(text), strict) << text;
}

}  // namespace
}  // namespace rehearse::migrations
