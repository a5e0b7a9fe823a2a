#include "rehearse/sql/script.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"

#include "unit/sql/script_pieces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace rehearse::sql {
namespace {

using test::Pieces;
using test::pieces_of;
using testing::ElementsAre;
using testing::HasSubstr;

struct SplitCase {
    const char* name;
    std::string script;
    std::vector<std::string> texts;
};

void PrintTo(const SplitCase& c, std::ostream* out) {
    *out << c.name;
}

class Split : public testing::TestWithParam<SplitCase> {};

TEST_P(Split, gives_the_statements_and_joins_to_the_input) {
    const SplitCase& c = GetParam();
    for (const std::size_t chunk : {1, 7, 4096}) {
        const Pieces pieces = pieces_of(c.script, chunk);
        EXPECT_EQ(pieces.texts(), c.texts) << "chunk " << chunk;
        EXPECT_EQ(pieces.joined, c.script) << "chunk " << chunk;
        for (const Statement& piece : pieces.all) EXPECT_FALSE(piece.unterminated) << piece.text;
    }
}

const SplitCase kSplitCases[] = {
    {"nothing", "", {}},
    {"only_blank", " \n-- x\n/* y */ ;; \n", {}},
    {"two", "select 1; select 2;", {"select 1", "select 2"}},
    {"last_without_semicolon", "select 1;\nselect 2\n-- end\n", {"select 1", "select 2"}},
    {"semicolons_alone", ";;select 1;;\n;select 2;", {"select 1", "select 2"}},
    {"comment_inside", "select 1 -- ;\n, 2;select 3", {"select 1 -- ;\n, 2", "select 3"}},
    {"comment_ends_at_cr", "select 1 -- x\r;select 2;", {"select 1", "select 2"}},
    {"crlf", "select 1;\r\nselect\r\n2;\r\n", {"select 1", "select\r\n2"}},
    {"nested_comment", "/* ; /* ; */ ; */ select 1; select 2", {"select 1", "select 2"}},
    {"comment_star_slash",
     "select /***/ 1; select /*/**/*/ 2",
     {"select /***/ 1", "select /*/**/*/ 2"}},
    {"comment_in_operator",
     "select 1 +/* ; */ 2; select 3 <--;\n4;",
     {"select 1 +/* ; */ 2", "select 3 <--;\n4"}},
    {"string", "select ';'';'; select 2", {"select ';'';'", "select 2"}},
    {"backslash_is_plain", R"(select '\'; select 2)", {R"(select '\')", "select 2"}},
    {"escape_string", R"(select E'\';', e'\\'; select 2)", {R"(select E'\';', e'\\')", "select 2"}},
    {"escape_string_doubled",
     R"(select E'a'';\'' ; select 2)",
     {R"(select E'a'';\'')", "select 2"}},
    {"name_ending_in_e_is_no_prefix",
     R"(select type'\'; select 2)",
     {R"(select type'\')", "select 2"}},
    {"escape_string_continued",
     "select E'a'\n -- c\n '\\';'; select 2",
     {"select E'a'\n -- c\n '\\';'", "select 2"}},
    {"escape_string_not_continued", "select E'a' -- c", {"select E'a'"}},
    {"unicode_string",
     R"(select U&'\0061;', u&";"; select 2)",
     {R"(select U&'\0061;', u&";")", "select 2"}},
    {"bit_strings", "select B';', x';', N';'; select 2", {"select B';', x';', N';'", "select 2"}},
    {"quoted_name", R"(select "a"";" from t; select 2)", {R"(select "a"";" from t)", "select 2"}},
    {"dollar_quote",
     "select $$;'$$; select $a$ $b$ ; $$ $a$; select 3",
     {"select $$;'$$", "select $a$ $b$ ; $$ $a$", "select 3"}},
    {"dollar_tag_with_digits", "select $a1$;$a1$; select 2", {"select $a1$;$a1$", "select 2"}},
    {"dollar_in_name", "select a$b$ ; select $b$;$b$", {"select a$b$", "select $b$;$b$"}},
    {"dollar_behind_number", "select 1$$;$$; select 2", {"select 1$$;$$", "select 2"}},
    {"parameter", "select $1 ; select $1$$;$$", {"select $1", "select $1$$;$$"}},
    {"lone_dollar", "select $ ; select $a ; select 3", {"select $", "select $a", "select 3"}},
    {"umlaut_tag", "select $ü$;$ü$; select 2", {"select $ü$;$ü$", "select 2"}},
    {"parentheses",
     "create rule r as on insert to t do (select 1; select 2); select 3",
     {"create rule r as on insert to t do (select 1; select 2)", "select 3"}},
    {"closing_parenthesis_too_many", "select 1); select 2", {"select 1)", "select 2"}},
    {"begin_atomic",
     "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; "
     "END; select 2;",
     {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; "
      "END",
      "select 2"}},
    {"begin_atomic_replace",
     "create or replace procedure p() begin atomic insert into t values (1); end; select 2",
     {"create or replace procedure p() begin atomic insert into t values (1); end", "select 2"}},
    {"begin_is_a_statement",
     "begin; select 1; end; select 2",
     {"begin", "select 1", "end", "select 2"}},
    {"begin_in_trigger_name",
     "create trigger begin before insert on t execute function f(); select 2",
     {"create trigger begin before insert on t execute function f()", "select 2"}},
    {"case_outside_routine",
     "select case when a then b end; select 2",
     {"select case when a then b end", "select 2"}},
    {"plpgsql_body",
     "create function f() returns int as $$ begin; end $$ language plpgsql; select 2",
     {"create function f() returns int as $$ begin; end $$ language plpgsql", "select 2"}},
    {"byte_order_mark", "\xEF\xBB\xBFselect 1; select 2", {"select 1", "select 2"}},
    {"only_byte_order_mark", "\xEF\xBB\xBF", {}},
    {"meta_command",
     "\\echo 'a;b' \\\\ select 1;\nselect 2;",
     {"\\echo 'a;b' \\\\ select 1;", "select 2"}},
    {"meta_command_crlf", "\\set x 1\r\nselect 2;\r\n", {"\\set x 1", "select 2"}},
    {"meta_command_at_end", "select 1;\n\\q", {"select 1", "\\q"}},
    {"range_operator_dots",
     "select 1..2; select .5, 1., 1.e3, 1e+3, 0xFF, 1_000; select 3",
     {"select 1..2", "select .5, 1., 1.e3, 1e+3, 0xFF, 1_000", "select 3"}},
    {"copy_to", "copy t to stdout; select 2", {"copy t to stdout", "select 2"}},
    {"copy_from_file", "copy t from 'stdin'; select 2", {"copy t from 'stdin'", "select 2"}},
    {"copy_from_program",
     "copy t from program 'x'; select 2",
     {"copy t from program 'x'", "select 2"}},
    {"copy_query",
     "copy (select 1 from stdin) to stdout; select 2",
     {"copy (select 1 from stdin) to stdout", "select 2"}},
    {"copy_as_name", "select copy from stdin; select 2", {"select copy from stdin", "select 2"}},
};

INSTANTIATE_TEST_SUITE_P(Script, Split, testing::ValuesIn(kSplitCases),
                         [](const auto& i) { return std::string(i.param.name); });

struct CopyCase {
    const char* name;
    std::string statement;
    std::string behind;  // up to the data
    std::string data;
    std::string terminator;
};

void PrintTo(const CopyCase& c, std::ostream* out) {
    *out << c.name;
}

class CopyData : public testing::TestWithParam<CopyCase> {};

TEST_P(CopyData, is_told_from_statements) {
    const CopyCase& c = GetParam();
    const std::string script =
        "select 1;\n" + c.statement + c.behind + c.data + c.terminator + "select 2;";
    for (const std::size_t chunk : {1, 2, 7, 4096}) {
        const Pieces pieces = pieces_of(script, chunk);
        EXPECT_THAT(pieces.texts(), ElementsAre("select 1", c.statement, "select 2"));
        EXPECT_THAT(pieces.copy_data, ElementsAre(c.data));
        EXPECT_EQ(pieces.joined, script);
        EXPECT_EQ(pieces.all[1].trailing, c.behind);
        EXPECT_EQ(pieces.all.back().position.offset, script.size() - 9);
        EXPECT_EQ(pieces.all.back().position.line,
                  1 + std::count(script.begin(), script.end(), '\n'));
    }
}

const CopyCase kCopyCases[] = {
    {"plain", "COPY public.t (a, b) FROM stdin", ";\n", "1\tx;'\n2\t$$\n", "\\.\n"},
    {"lower_case", "copy t from stdin", ";\n", "1\n", "\\.\n"},
    {"quoted_names", R"(COPY "a b"."FROM" ("stdin") FROM STDIN)", ";\n", "1\n", "\\.\n"},
    {"options", "COPY t FROM STDIN WITH (FORMAT csv, NULL ';')", " ;\n", "1,\"\n2\"\n", "\\.\n"},
    {"column_list_with_from", "COPY t (\"x\", stdin) FROM STDIN WHERE a > 1", ";\n", "1\n",
     "\\.\n"},
    {"crlf", "COPY t FROM stdin", ";\r\n", "1\r\n2\r\n", "\\.\r\n"},
    {"no_rows", "COPY t FROM stdin", ";\n", "", "\\.\n"},
    {"blank_lines", "COPY t FROM stdin", ";\n", "\n\n", "\\.\n"},
    {"backslashes", "COPY t FROM stdin", ";\n", "\\N\n\\\\.\n\\.x\n \\.\n\\\n\\\\\n", "\\.\n"},
    {"comment_behind", "COPY t FROM stdin", "; -- data /* \n", "1\n", "\\.\n"},
    {"block_comment_behind", "COPY t FROM stdin", "; /* data */ ;\r\n", "1\n", "\\.\n"},
    {"comment_before_semicolon", "COPY t FROM stdin", " -- x\n ;\n", "1\n", "\\.\n"},
    {"comment_between", "COPY t FROM -- x\n /* y */ STDIN", ";\n", "1\n", "\\.\n"},
    {"long_line", "COPY t FROM stdin", ";\n", std::string(300'000, 'x') + "\n", "\\.\n"},
};

INSTANTIATE_TEST_SUITE_P(Script, CopyData, testing::ValuesIn(kCopyCases),
                         [](const auto& i) { return std::string(i.param.name); });

TEST(CopyDataEnd, may_be_the_end_of_the_file) {
    for (const std::string end : {"", "\\.", "\\.\r"}) {
        const std::string script = "copy t from stdin;\n1\n2\n" + end;
        const Pieces pieces = pieces_of(script, 1);
        EXPECT_THAT(pieces.copy_data, ElementsAre("1\n2\n"));
        EXPECT_EQ(pieces.joined, script);
    }
    EXPECT_THAT(pieces_of("copy t from stdin;\n1\n2").copy_data, ElementsAre("1\n2"));
    EXPECT_THAT(pieces_of("copy t from stdin;").copy_data, ElementsAre(""));
}

TEST(CopyDataSkip, next_passes_over_what_was_not_read) {
    const std::string script = "copy t from stdin;\n1\n2\n3\n\\.\nselect 2;";
    for (const std::size_t read_before : {0, 1, 2, 5}) {
        ScriptReader reader = test::reader_of(script, 3);
        ASSERT_TRUE(reader.next()->has_copy_data);
        std::string buffer(read_before, '\0');
        EXPECT_EQ(reader.read_copy_data(buffer), read_before);
        const std::optional<Statement> next = reader.next();
        ASSERT_TRUE(next);
        EXPECT_EQ(next->text, "select 2");
        EXPECT_EQ(next->position.line, 6);
        EXPECT_EQ(reader.copy_terminator(), "\\.\n");
        EXPECT_EQ(reader.read_copy_data(buffer), 0U);
    }
}

TEST(CopyDataLine, may_hold_nothing_that_psql_would_run_after_the_data) {
    for (const char* behind : {"select 2;\n", "/* \n */\n", "\\echo\n"}) {
        ScriptReader reader =
            ScriptReader::of_text(std::string("\n\ncopy t from stdin; ") + behind + "1\n\\.\n");
        try {
            reader.next();
            FAIL() << behind;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::migrations);
            EXPECT_THAT(error.message(), HasSubstr("line 3"));
        }
    }
}

TEST(Pieces, leading_text_and_trailing) {
    const Pieces pieces = pieces_of("\n-- about\n;select 1 -- x\n ; select 2 /* y */\n");
    ASSERT_EQ(pieces.all.size(), 2U);
    EXPECT_EQ(pieces.all[0].leading, "\n-- about\n;");
    EXPECT_EQ(pieces.all[0].trailing, " -- x\n ;");
    EXPECT_EQ(pieces.all[1].leading, " ");
    EXPECT_EQ(pieces.all[1].trailing, " /* y */\n");
}

TEST(Pieces, a_long_run_of_comments_does_not_stay_in_memory) {
    std::string script;
    while (script.size() < 5'000'000) script += "-- insert into t values (1);\n";
    script += "select 1;";
    std::size_t longest = 0;
    const Pieces pieces = pieces_of(script);
    for (const Statement& piece : pieces.all) longest = std::max(longest, piece.leading.size());
    EXPECT_LT(longest, 1'100'000U);
    EXPECT_EQ(pieces.joined, script);
    EXPECT_THAT(pieces.texts(), ElementsAre("select 1"));
}

TEST(MetaCommand, says_when_it_cuts_a_statement_in_two) {
    const Pieces pieces = pieces_of("\\x\nselect 1 \\gset\nselect 2\\; select 3;\n\\x\n");
    std::vector<std::pair<std::string, bool>> commands;
    for (const Statement& piece : pieces.all) {
        if (piece.is_meta_command) commands.emplace_back(piece.text, piece.interrupts_statement);
    }
    EXPECT_THAT(commands, ElementsAre(std::pair("\\x", false), std::pair("\\gset", true),
                                      std::pair("\\; select 3;", true), std::pair("\\x", false)));
    EXPECT_THAT(pieces.texts(),
                ElementsAre("\\x", "select 1", "\\gset", "select 2", "\\; select 3;", "\\x"));
}

struct PositionCase {
    std::string script;
    int line;
    int column;
};

TEST(Position, counts_lines_and_characters) {
    const PositionCase cases[] = {
        {"X", 1, 1},
        {"\xEF\xBB\xBFX", 1, 1},
        {"\xEF\xBB\xBF\nX", 2, 1},
        {"\n\n  X", 3, 3},
        {"\r\nX", 2, 1},
        {"select 'äöü€😀'; X", 1, 17},
        {"/* ä\n ä */ X", 2, 7},
        {"select '\n'; X", 2, 4},
    };
    for (const PositionCase& c : cases) {
        for (const std::size_t chunk : {1, 4096}) {
            const Position position = pieces_of(c.script, chunk).all.back().position;
            EXPECT_EQ(position.line, c.line) << c.script;
            EXPECT_EQ(position.column, c.column) << c.script;
            EXPECT_EQ(position.offset, c.script.size() - 1) << c.script;
        }
    }
}

struct OpenCase {
    std::string script;
    std::string construct;
    int line;
    int column;
};

TEST(Unterminated, names_what_is_open_and_where) {
    const OpenCase cases[] = {
        {"select 1;\nselect 'a;\n", "quoted string", 2, 8},
        {"select E'a\\';", "quoted string", 1, 8},
        {"select E'a\\", "quoted string", 1, 8},
        {"select \"a;", "quoted identifier", 1, 8},
        {"select U&\"a;", "quoted identifier", 1, 8},
        {"\nselect $fn$ a $f$;", "dollar quote $fn$", 2, 8},
        {"select $$ a", "dollar quote $$", 1, 8},
        {"select 1;\n /* a /* b */ ;", "block comment", 2, 2},
        {"select 1 /* a", "block comment", 1, 10},
        {"insert into t values (1, (2);\nselect 2;\n", "parenthesis", 1, 22},
        {"create function f() begin atomic select 1; select 2;", "BEGIN ATOMIC body", 1, 21},
        {"'", "quoted string", 1, 1},
    };
    for (const OpenCase& c : cases) {
        for (const std::size_t chunk : {1, 4096}) {
            const Pieces pieces = pieces_of(c.script, chunk);
            const Statement& last = pieces.all.back();
            EXPECT_TRUE(last.unterminated) << c.script;
            EXPECT_EQ(last.open_construct, c.construct) << c.script;
            EXPECT_EQ(last.open_position.line, c.line) << c.script;
            EXPECT_EQ(last.open_position.column, c.column) << c.script;
            EXPECT_EQ(pieces.joined, c.script);
        }
    }
}

TEST(OfFile, reads_a_file_and_names_one_that_it_cannot_read) {
    const TempDir folder(default_temp_folder(),
                         "rehearse-script-test-" + std::to_string(::getpid()));
    const auto file = folder.path() / "1.sql";
    write_file_atomically(file, "select 1;\nselect 2;\n");
    ScriptReader reader = ScriptReader::of_file(file);
    ScriptReader moved = std::move(reader);
    EXPECT_EQ(moved.next()->text, "select 1");
    EXPECT_EQ(moved.next()->text, "select 2");
    EXPECT_EQ(moved.next()->text, "");
    EXPECT_FALSE(moved.next());
    EXPECT_FALSE(moved.next());

    for (const auto& path : {folder.path() / "none.sql", folder.path()}) {
        try {
            ScriptReader::of_file(path).next();
            FAIL() << path;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::migrations);
            EXPECT_THAT(error.message(), HasSubstr("cannot read " + path.string()));
        }
    }
}

}  // namespace
}  // namespace rehearse::sql
