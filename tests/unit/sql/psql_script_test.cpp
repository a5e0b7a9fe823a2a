#include "rehearse/sql/psql_script.hpp"

#include "rehearse/base/error.hpp"

#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace rehearse::sql {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Texts = std::vector<std::string>;

class PsqlScripts : public rehearse::test::FolderFixture {
  protected:
    PsqlScript script(std::string_view text, const PsqlVariables& variables = {}) const {
        return PsqlScript{write("1.sql", text), variables};
    }

    std::vector<Statement> statements(std::string_view text,
                                      const PsqlVariables& variables = {}) const {
        std::vector<Statement> found;
        PsqlScript reader = script(text, variables);
        while (auto statement = reader.next()) {
            if (!statement->text.empty()) found.push_back(std::move(*statement));
        }
        return found;
    }

    Texts texts(std::string_view text, const PsqlVariables& variables = {}) const {
        Texts found;
        for (const Statement& statement : statements(text, variables))
            found.push_back(statement.text);
        return found;
    }

    // "1.sql:2:3: ...", without the folder; and the hint in brackets.
    std::string error_of(std::string_view text) const {
        try {
            statements(text);
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::migrations) << text;
            if (error.hints().size() != 1) return "not one hint: " + error.message();
            std::string message = error.message() + " [" + error.hints()[0] + "]";
            const std::string prefix = folder().string() + "/";
            EXPECT_TRUE(message.starts_with(prefix)) << message;
            return message.substr(prefix.size());
        }
        return "no error";
    }
};

TEST_F(PsqlScripts, replace_variables) {
    EXPECT_THAT(texts("\\set t users\nselect * from :t, :\"t\" where a = :'t' and ':t' <> '';"),
                ElementsAre("select * from users, \"users\" where a = 'users' and ':t' <> ''"));
    EXPECT_THAT(texts("select :'q'; select :\"q\"", {{"q", "a'b\\\"c"}}),
                ElementsAre("select  E'a''b\\\\\"c'", "select \"a'b\\\"\"c\""));
    EXPECT_THAT(texts("select :a::int, (x)[:b:2], :{?a}, :{?b};", {{"a", "1"}}),
                ElementsAre("select 1::int, (x)[:b:2], TRUE, FALSE"));
}

// A value is read as if it stood there: it may hold more than one statement.
TEST_F(PsqlScripts, split_what_a_variable_holds) {
    EXPECT_THAT(texts("select 0 :v 2;", {{"v", "; select 1; select"}}),
                ElementsAre("select 0", "select 1", "select 2"));
}

TEST_F(PsqlScripts, decide_what_is_read) {
    EXPECT_THAT(texts("\\if :{?prod}\nselect 1;\n\\else\nselect 2;\n\\endif\n"),
                ElementsAre("select 2"));
    EXPECT_THAT(texts("\\if :{?prod}\nselect 1;\n\\else\nselect 2;\n\\endif\n", {{"prod", ""}}),
                ElementsAre("select 1"));
}

TEST_F(PsqlScripts, read_included_files_where_they_stand) {
    write("parts/a.sql", "select 'a';\n\\ir more/b.sql\n\nselect 'c'");
    write("parts/more/b.sql", "\n select 'b';\n");
    PsqlScript reader = script("select 1;\n\\ir parts/a.sql\nselect 2;\n");
    Texts found;
    while (const auto statement = reader.next()) {
        if (statement->text.empty()) continue;
        found.push_back(reader.path().lexically_relative(folder()).string() + ":" +
                        std::to_string(statement->position.line) + ":" +
                        std::to_string(statement->position.column) + " " + statement->text);
    }
    EXPECT_THAT(found, ElementsAre("1.sql:1:1 select 1", "parts/a.sql:1:1 select 'a'",
                                   "parts/more/b.sql:2:2 select 'b'", "parts/a.sql:4:1 select 'c'",
                                   "1.sql:3:1 select 2"));
}

// \i is from the folder that psql is started in.
TEST_F(PsqlScripts, tell_the_two_ways_to_include) {
    const fs::path included = write("other/x.sql", "select 'x';");
    EXPECT_THAT(texts("\\i " + included.string() + " \n"), ElementsAre("select 'x'"));
    EXPECT_THAT(error_of("\\i other/x.sql\n"),
                AllOf(HasSubstr("1.sql:1:1: cannot read other/x.sql: No such file"),
                      HasSubstr("\\ir looks beside the file")));
    EXPECT_THAT(error_of("\\ir other\n"), HasSubstr("it is a folder"));
}

TEST_F(PsqlScripts, say_that_a_file_includes_itself) {
    write("a.sql", "\n  \\ir link/b.sql\n");
    write("real/b.sql", "\\ir ../1.sql\n");
    fs::create_directory_symlink(folder() / "real", folder() / "link");
    try {
        texts("select 1;\n\\ir a.sql\n");
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_THAT(error.message(),
                    AllOf(HasSubstr("link/b.sql:1:1: "), HasSubstr("1.sql includes itself")));
        EXPECT_THAT(error.context(), ElementsAre(HasSubstr("a.sql, which " + folder().string() +
                                                           "/1.sql:2:1 includes"),
                                                 HasSubstr("a.sql:2:3 includes")));
    }
    fs::create_symlink("loop.sql", folder() / "loop.sql");
    EXPECT_THAT(error_of("\\ir loop.sql\n"), HasSubstr("1.sql:1:1: cannot read"));
}

TEST_F(PsqlScripts, count_the_lines_of_what_is_passed_over) {
    const auto found = statements(
        "\\set a 1\n-- note\n\\if false\n-- hidden\nselect 1;\n\\endif\n-- here\nselect :a,\n"
        "\\if false\n 2\n\\else\n 3\n\\endif\n 4; select :v;",
        {{"v", "1"}});
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].position.line, 8);
    EXPECT_EQ(found[0].leading, "\n-- note\n\n\n\n\n-- here\n");
    EXPECT_EQ(found[0].text, "select 1,\n\n\n\n 3\n\n 4");
    EXPECT_EQ(found[1].position.line, 14);
    EXPECT_EQ(found[1].position.column, 5);
}

TEST_F(PsqlScripts, begin_where_the_variable_stands_that_holds_their_beginning) {
    const auto found = statements("\n  :two", {{"two", "select 1;\n\n select 2;"}});
    ASSERT_EQ(found.size(), 2U);
    for (const Statement& statement : found) {
        EXPECT_EQ(statement.position.line, 2);
        EXPECT_EQ(statement.position.column, 3);
    }
}

TEST_F(PsqlScripts, hand_on_rows) {
    write("rows.txt", "5\tfive\n\\.\nnever\n");
    write("rows.bin", std::string_view("PGCOPY\n\\.\n\0x", 12));
    const std::string here = folder().string();
    PsqlScript reader = script(
        "copy t from stdin;\n1\n\\.\n\\copy t from stdin csv;\n2\n\\.\n\\copy t from '" + here +
        "/rows.txt'\n\\copy t from '" + here + "/rows.bin' with (format binary)\nselect 1;\n");
    Texts found;
    while (const auto statement = reader.next()) {
        std::string data;
        std::string buffer(3, '\0');
        while (const std::size_t count = reader.read_copy_data(buffer))
            data.append(buffer, 0, count);
        if (!statement->text.empty()) found.push_back(statement->text + "|" + data);
    }
    EXPECT_THAT(found, ElementsAre("copy t from stdin|1\n", "COPY t FROM STDIN csv|2\n",
                                   "COPY t FROM STDIN|5\tfive\n",
                                   "COPY t FROM STDIN with (format binary)|" +
                                       std::string("PGCOPY\n\\.\n\0x", 12),
                                   "select 1|"));
}

TEST_F(PsqlScripts, skip_rows_that_nobody_reads) {
    EXPECT_THAT(texts("copy t from stdin;\nselect 0;\n\\.\nselect 1;"),
                ElementsAre("copy t from stdin", "select 1"));
}

TEST_F(PsqlScripts, mark_what_is_one_query) {
    const auto found = statements("select 1\\; select 2;\nselect 3; \\; select 4;");
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].text, "select 1; select 2");
    EXPECT_TRUE(found[0].has_parts);
    EXPECT_FALSE(found[1].has_parts);
    EXPECT_EQ(found[2].text, "select 4");
    EXPECT_FALSE(found[2].has_parts);
}

TEST_F(PsqlScripts, pass_over_what_only_prints) {
    for (const char* line : {R"(\echo starting)",
                             R"(\echo '\nstarting')",
                             R"(\echo don't)",
                             R"(\qecho)",
                             R"(\warn careful)",
                             R"(\timing on)",
                             R"(\pset pager off)",
                             R"(\x auto)",
                             R"(\t)",
                             R"(\d users)",
                             R"(\dt+)",
                             R"(\encoding utf8)",
                             R"(\encoding UTF-8)",
                             R"(\encoding 'UTF8')",
                             R"(\set ON_ERROR_STOP on)",
                             R"(\set ON_ERROR_STOP 1)",
                             R"(\set ON_ERROR_STOP)",
                             R"(\set VERBOSITY verbose)",
                             R"(\set QUIET 1)",
                             R"(\set ON_ERROR_ROLLBACK off)",
                             R"(\restrict aBc123)",
                             R"(\unrestrict aBc123)",
                             R"(\sf `f`)"})
        EXPECT_THAT(texts(line), IsEmpty()) << line;
}

TEST_F(PsqlScripts, say_what_cannot_be_followed) {
    const std::pair<const char*, const char*> cases[] = {
        {"select 1;\n  \\gexec\n", "1.sql:2:3: psql meta-command '\\gexec', which a rehearsal"},
        {"select 1 as a \\gset\n", "1.sql:1:15: psql meta-command '\\gset', which a rehearsal"},
        {"\\c other\n", "'\\c other', which a rehearsal cannot follow [A rehearsal has one"},
        {"\\! rm -rf /\n", "1.sql:1:1: psql meta-command '\\! rm -rf /'"},
        {"\\o file\n", "'\\o file'"},
        {"\\password\n", "'\\password'"},
        {"\\set a `date`\n", "1.sql:1:8: psql would run what stands in backquotes"},
        {"\\echo ä `date`\n", "1.sql:1:9: psql would run"},
        {"\\set ON_ERROR_STOP off\n", "\\set ON_ERROR_STOP 'off': it would go on behind an error"},
        {"\\set ON_ERROR_STOP maybe\n", "it would go on"},
        {"\\unset ON_ERROR_STOP\n", "it would go on behind an error"},
        {"\\set AUTOCOMMIT off\n", "it would open a transaction of its own"},
        {"\\set ON_ERROR_ROLLBACK on\n", "it would set a savepoint"},
        {"\\set SINGLELINE\n", "it would end statements"},
        {"\\set FETCH_COUNT 100\n", "through a cursor"},
        {"\\encoding latin1\n",
         "\\encoding latin1, which a rehearsal cannot follow [Save the file"},
        {"\\if :x\n\\endif\n", "1.sql:1:1: \\if ':x', which is neither true nor false [psql takes"},
        {"\\if\n\\endif\n", "\\if '', which is neither"},
        {"\\if false\n\\elif maybe\n\\endif\n", "1.sql:2:1: \\elif 'maybe'"},
        {"select 1;\n\\if true\n", "1.sql:2:1: the \\if that begins here has no \\endif"},
        {"\\endif", "\\endif without \\if"},
        {"\\nosuch\n", "psql has no meta-command '\\nosuch'"},
        {"select 1 \\\\ select 2;\n", "psql has no meta-command '\\'"},
        {"copy t from stdin; select 1;\n1\n\\.\n", "not one hint"},
        {"\\.\n", "psql has no meta-command '\\.' [A line"},
        {"select :USER;\n", "1.sql:1:8: only psql itself knows what its variable USER holds"},
        {"\\set a :ROW_COUNT\n", "1.sql:1:8: only psql itself knows"},
        {"\\g\n", "\\g with nothing before it"},
        {"select 1 \\g out.txt\n", "\\g that writes rows to a file"},
        {"\\copy t to 'x'\n", "1.sql:1:9: \\copy ... to writes"},
        {"\\copy t from program 'x'\n", "from program runs a program"},
        {"\\copy t from pstdin\n", "pstdin"},
        {"\\copy t from '~/x'\n", "in somebody's home folder"},
        {"\\copy t\n", "\\copy without a table and FROM"},
        {"\\ir\n", "\\ir without a file"},
        {"\\i -\n", "\\i - reads what psql is given"},
        {"\\set a 'b\n", "1.sql:1:8: a quoted string that does not end on its line"},
        {"\\set a-b c\n", "no variable's name"},
        {"\\set c '\\\\echo'\n:c\n", "1.sql:2:1: a backslash in the value of the variable c"},
    };
    for (const auto& [text, message] : cases) {
        if (std::string_view(message) == "not one hint") {
            EXPECT_THROW(statements(text), Error) << text;
        } else {
            EXPECT_THAT(error_of(text), HasSubstr(message)) << text;
        }
    }
}

TEST_F(PsqlScripts, say_where_something_was_opened) {
    PsqlScript reader = script("\\set a 1\nselect :a, 'abc;\n\n");
    const auto last = reader.next();
    EXPECT_TRUE(last->unterminated);
    EXPECT_EQ(last->open_construct, "quoted string");
    EXPECT_EQ(last->open_position.line, 2);
    EXPECT_EQ(last->open_position.column, 12);
    PsqlScript nested = script("select 1;\n select (1;\n");
    nested.next();
    const auto open = nested.next();
    EXPECT_EQ(open->open_construct, "parenthesis");
    EXPECT_EQ(open->open_position.line, 2);
    EXPECT_EQ(open->open_position.column, 9);
}

TEST_F(PsqlScripts, do_not_depend_on_how_their_bytes_arrive) {
    const std::string text =
        "\xEF\xBB\xBF\\set a 'b c'\nselect :a, :'a', :\"a\", :{?a}, a::int \\: \\; x \\g\n\\if "
        ":{?a}\n"
        "copy t from stdin;\n1\n\\.\n\\endif\nselect E'\\'' :a::a /* :a */;\n";
    const fs::path path = write("1.sql", text);
    const auto read_in = [&](std::size_t chunk) {
        Texts found;
        PsqlScript reader{
            path, {}, [&](const fs::path& file) -> ScriptReader::Source {
                return [chunk, source = ScriptReader::source_of(file)](std::span<char> buffer) {
                    return source(buffer.first(std::min(chunk, buffer.size())));
                };
            }};
        while (const auto statement = reader.next())
            found.push_back(statement->leading + "|" + statement->text + "|" + statement->trailing +
                            "|" + std::to_string(statement->position.column));
        return found;
    };
    EXPECT_EQ(read_in(1), read_in(1 << 20));
    EXPECT_EQ(read_in(7), read_in(1 << 20));
}

}  // namespace
}  // namespace rehearse::sql
