#include "app/copy_text.hpp"

#include <gmock/gmock.h>

namespace rehearse::app {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(CopyText, GivesTheValuesBack) {
    using Values = std::vector<std::optional<std::string>>;
    EXPECT_EQ(values_of_copy_line("42\tt"), (Values{"42", "t"}));
    EXPECT_EQ(values_of_copy_line("\\N\t\t\\\\N"), (Values{std::nullopt, "", "\\N"}));
    EXPECT_EQ(values_of_copy_line("a\\tb\\nc\\\\d\\r\\b\\f\\v"), (Values{"a\tb\nc\\d\r\b\f\v"}));
    EXPECT_EQ(values_of_copy_line(""), (Values{""}));
}

TEST(CopyText, ReadsTheColumnsOfATableAsPgDumpWritesIt) {
    EXPECT_THAT(
        columns_of_create_table("CREATE TABLE public.t (\n"
                                "    version bigint NOT NULL,\n"
                                "    \"Odd \"\"Name\"\"\" character varying(40) COLLATE "
                                "pg_catalog.\"C\" DEFAULT 'x, NOT NULL'::text,\n"
                                "    at timestamp with time zone DEFAULT now() NOT NULL,\n"
                                "    n numeric(20,0) GENERATED ALWAYS AS (1) STORED,\n"
                                "    list text[],\n"
                                "    CONSTRAINT c CHECK ((version > 0))\n"
                                ");\n"),
        ElementsAre(Pair("version", "bigint"), Pair("Odd \"Name\"", "character varying(40)"),
                    Pair("at", "timestamp with time zone"), Pair("n", "numeric(20,0)"),
                    Pair("list", "text[]")));
}

TEST(CopyText, ReadsTheNamesInParentheses) {
    EXPECT_THAT(names_in_parentheses("(version, \"Odd \"\"a, b\"\"\", dirty) FROM stdin;"),
                ElementsAre("version", "Odd \"a, b\"", "dirty"));
    EXPECT_THAT(names_in_parentheses("FROM stdin;"), testing::IsEmpty());
}

}  // namespace
}  // namespace rehearse::app
