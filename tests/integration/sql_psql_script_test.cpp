// psql is the judge: what it sends, read from the server's log, is what PsqlScript yields.

#include "rehearse/base/error.hpp"
#include "rehearse/sql/psql_script.hpp"

#include "integration/sql_tokens.hpp"
#include "property/random_scripts.hpp"
#include "support/folder_fixture.hpp"
#include "support/statement_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rehearse::sql {
namespace {

using rehearse::test::FilledFolder;
using rehearse::test::Random;
using rehearse::test::StatementLog;
using test::expect_same;
using test::tokens_of;
using Texts = std::vector<std::string>;

class PsqlScriptTest : public rehearse::test::PostgresTest, protected FilledFolder {
  protected:
    void SetUp() override {
        PostgresTest::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        run_sql("CREATE TABLE t(a text, b text)");
        log_.emplace(server(), database());
    }

    // Returns psql's exit code.
    int run_psql(const fs::path& file, std::vector<std::string> options) {
        options.insert(options.end(), {"-X", "-q", "-f", file.string()});
        const auto ran = server().run_client("psql", options, database());
        err_ = ran.err;
        return ran.exit_code;
    }

    Texts sent_by_psql() { return tokens_of(log_->take()); }

    static Texts sent_by_us(const fs::path& file, const PsqlVariables& variables = {}) {
        Texts sent;
        PsqlScript script{file, variables};
        while (const auto statement = script.next()) sent.push_back(statement->text);
        return tokens_of(sent);
    }

    std::string rows() const { return value_of("SELECT string_agg(t::text, '|') FROM t"); }
    const std::string& err() const { return err_; }

  private:
    std::optional<StatementLog> log_;
    std::string err_;
};

const char* const kScripts[] = {
    // Variables, and where they are none.
    R"(\set a 1
select :a, ':a', ":a", $$:a$$, $x$:a$x$ /* :a */ -- :a
, :a::int, array[1,2,3][:a:2], (array[1,2,3])[1:2], E'\':a', :nope, :'nope', :"nope";)",
    R"(\set q 'it''s "a" \\ b'
select :'q', length(:'q'), :'q':'q'; select 1 as :"q"; select 1 as:"q" where 'x' <>:'q';)",
    R"(\set empty ''
\set none
select 1 :empty :none, :'empty', :{?none}, :{?empty}, :{?no_such}, :{?no;)",
    "\\set f 'select 1; select '\n:f 2;\n\\set g '; select 3'\nselect 4 :g;\n",
    "\\set open 'select ''a'\n\\set close 'b;'''\n:open:close;select 2;\n",
    "\\set c '/* a'\nselect 1 :c ; select 2; */ ; select 3;\n",
    "\\set p '('\n\\set q ');'\nselect :p 1; :q select 2;\n",
    "\\set a ':b'\n\\set b ':a, 1'\nselect 1 where ':a' = :'a'; select :a;\n",
    "\\set a ':a'\nselect 1 where 'x' = :'a';\n",
    "\\set t 't'\n\\set s 'public'\ninsert into :s.:t values (1); insert into :\"s\".:\"t\" select "
    "* "
    "from :s.:t;\n",
    "\\set u ä\n\\set ü 'x;y'\nselect :'u', :'ü';select 1 as :ü;",
    "\\set 1 one\nselect :'1', array[5,6,7][:1:2];",
    "\\set a 1\nselect 1\\: :a; select 2 as x \\; select 3;\n",
    "\\set x 1 + \\set y 2\nselect :x :y;",
    // How \set takes its values.
    R"(\set a 'x' y "Z w" 'it''s' \\ select :'a';
\set b 'a\tb\n\x41\101\\\'c'
select :'b';
\set c :a:b-:'a'-:"a"-:nope :'nope' "c;"
select :'c';
\set d ;
select :'d' where ':d' <> ';';
\set e 'a'b'c'
select :'e';
\unset e
select ':e', :{?e};
)",
    // Conditions.
    "\\if true\nselect 1;\n\\else\nselect 2;\n\\endif\n\\if no\nselect 3;\n\\elif 0\nselect 4;\n"
    "\\elif ON\nselect 5;\n\\elif nonsense\nselect 6;\n\\else\nselect 7;\n\\endif\nselect 8;\n",
    "\\if yes \\echo a \\else \\echo b \\endif\nselect 1;\n\\if f \\\\ select 2; \\else \\\\ "
    "select "
    "3; \\endif\n",
    "\\set x t\n\\if :x\nselect 1\n\\else\nselect 2\n\\endif\n, 2;\n",
    "select (1\n\\if false\n, (2\n\\else\n, 3\n\\endif\n);\nselect 4;\n",
    "\\if false\n\\if true\nselect 1;\n\\else\nselect 2;\n\\endif\n\\set a 1\n\\i nothing.sql\n"
    "\\! exit 1\n\\gexec\n\\q\n\\copy t from 'nothing'\n\\endif\nselect :{?a}, ':a';\n",
    "\\if :{?given}\nselect :'given';\n\\endif\n\\if :{?not_given}\nselect 2;\n\\endif\n",
    "\\set a off\n\\if :a\nselect ';\n\\endif\nselect 1;\n\\else\n'; select 2;\n\\endif\n",
    "\\if :{?no} \\echo nothing \\elif 1 \\set a 2 \\endif \\\\ select :a;\n",
    "\\if 0\n-- \\endif in a comment, ;\n/* \\endif */ select '\\endif';\n\\endif\nselect 1;\n",
    // Inclusions.
    "select 1;\n\\ir inc/a.sql\nselect 2;\n\\include_relative 'inc/a.sql';\n",
    "select 1,\n\\ir inc/a.sql\n 2;\n",
    "\\set file inc/a.sql\n\\ir :file\n\\if 1\n\\ir inc/q.sql\n\\endif\nselect :'from_q';\n",
    "\\ir inc/open_end.sql\nselect 2;\n",
    // COPY, from the script and from a file.
    "copy t from stdin;\n:a\t\\\\if\n;\t'\n\\.\nselect 1;\n\\set x t\ncopy :x (a) from stdin "
    "\\g\n1\n"
    "\\.\nselect 2;\n",
    "\\copy t from stdin\n1\t2\n\\.\nselect 1;\n\\copy t (a) from stdin with (format csv);\n:x,\n"
    "\\.\nselect 2;\n\\copy \"t\"(a,b)from stdin null 'x'\nx\ty\n\\.\n",
    "\\copy t (a) from '/dev/null'\nselect 1\n\\copy t from '/dev/null' with (format csv, header)\n"
    ", 2;\n",
    "COPY t FROM STDIN; -- rows\n1\t2\n",
    // Commands.
    "select 1 \\g\nselect 2\\gx\n select 3 \\g (format=unaligned)\nselect (4 \\g\nselect 5;\n",
    "\\echo 'don''t' \\warn x \\timing off\n\\pset format csv\n\\x\\t\n\\encoding\nselect "
    "1;\n",
    "\\echo don't\nselect 1; \\echo :a ':b'\n\\qecho \"a\nselect 2;\n",
    "select 1; \\q\nselect 2;\n",
    "select 1 \\q\nselect 2;\n",
    "\\if true\nselect 1; \\q\nselect 2;\n",
    "\\set ON_ERROR_STOP 1\n\\set VERBOSITY verbose\n\\set QUIET\n\\set ON_ERROR_ROLLBACK "
    "interactive\n\\unset ECHO\nselect 1;\n",
    // The lexer.
    "\xEF\xBB\xBF\\set a 1\r\nselect :a;\r\n\\if 1\r\nselect 'a\r\nb';\r\n\\endif\r\n",
    "select E'a'\n'\\'; select 2;\n",
    "create function f(a int) returns int language sql begin atomic select 1; select :x; end;\n"
    "\\set x 2\ncreate function f(a int) returns int language sql begin atomic select case when "
    "true then 1 end; select :x; end; select 3;\n",
    "do $$ begin x := :y; end $$; select 1; select a := 1, b :=:y;\n",
    "\\set a x\nselect 1 as :a1, 1 as :a.b, 1 as \":a\", 1 as x:a;\n",
    "select 1",
    "\\set a 1",
    "",
};

TEST_F(PsqlScriptTest, yields_what_psql_sends) {
    write("inc/a.sql", "select 'a'; \\ir b.sql\nselect 'a again'");
    write("inc/b.sql", "select 'b';\n\\set from_b 1\n");
    write("inc/q.sql", "\\set from_q 'it was'\nselect 'q';\n\\q\nselect 'never';\n");
    write("inc/open_end.sql", "select 1 where 'x' <> 'y' -- no semicolon");
    for (const char* const text : kScripts) {
        const fs::path file = write("script.sql", text);
        // The server refuses a few of them, so psql has to go on; what it cannot do with its own
        // commands it says.
        run_psql(file, {"-v", "given=it is; given"});
        EXPECT_THAT(err(), testing::Not(testing::ContainsRegex("psql:[^\n]*: error: [^u]")))
            << text;
        EXPECT_EQ(sent_by_us(file, {{"given", "it is; given"}}), sent_by_psql()) << text;
    }
}

TEST_F(PsqlScriptTest, hands_on_the_rows_that_psql_copies) {
    const fs::path rows_file = write("rows.txt", "5\tfive\n6\tsix\n\\.\nnever\n");
    const fs::path csv = write("rows.csv", "a,b\n7,\"se;\nven\"\n");
    const fs::path file = write(
        "script.sql", "\\copy t from '" + rows_file.string() + "'\ncopy t from stdin;\n1\t2\n" +
                          "\\.\n\\copy t from '" + csv.string() +
                          "' with (format csv, header)\n\\copy t from stdin\n3\t4\n\\.\n");
    EXPECT_EQ(run_psql(file, {"-v", "ON_ERROR_STOP=1"}), 0) << err();
    EXPECT_EQ(rows(), "(5,five)|(6,six)|(1,2)|(7,\"se;\nven\")|(3,4)");
    Texts data;
    PsqlScript script{file};
    while (const auto statement = script.next()) {
        if (!statement->has_copy_data) continue;
        data.emplace_back();
        std::string buffer(5, '\0');
        while (const std::size_t count = script.read_copy_data(buffer))
            data.back().append(buffer, 0, count);
    }
    EXPECT_EQ(data, (Texts{"5\tfive\n6\tsix\n", "1\t2\n", "a,b\n7,\"se;\nven\"\n", "3\t4\n"}));
}

// What psql ends with an error for, before the server gets to see anything of it, is an error here.
TEST_F(PsqlScriptTest, refuses_what_psql_refuses) {
    for (const char* const text : {
             "\\if true\nselect 1;\n",
             "\\endif\nselect 1;\n",
             "\\else\nselect 1;\n",
             "\\elif true\nselect 1;\n",
             "\\if true\n\\else\n\\else\n\\endif\nselect 1;\n",
             "\\if true\n\\else\n\\elif true\n\\endif\nselect 1;\n",
             "\\nosuch\nselect 1;\n",
             "\\if false\n\\nosuch\n\\endif\nselect 1;\n",
             "\\.\nselect 1;\n",
             "\\ir nothing.sql\nselect 1;\n",
             "\\ir\nselect 1;\n",
             "\\copy t from 'nothing.txt'\nselect 1;\n",
             "\\copy t\nselect 1;\n",
             "\\set a-b 1\nselect 1;\n",
             "\\unset\nselect 1;\n",
             "\\g\\\\ \\echoo\nselect 1;\n",
         }) {
        const fs::path file = write("script.sql", text);
        EXPECT_EQ(run_psql(file, {"-v", "ON_ERROR_STOP=1"}), 3) << text << err();
        EXPECT_THROW(sent_by_us(file), Error) << text;
    }
}

// Pieces of a script in which variables, conditions and inclusions are everywhere.
class ScriptMaker {
  public:
    explicit ScriptMaker(Random& random) : random_(random) {}

    std::string script() {
        std::string text;
        for (std::size_t count = 1 + random_.below(6); count > 0; --count) text += part(0);
        return text;
    }

  private:
    std::string name() {
        static const Texts kNames = {"a", "b", "c1", "_d", "ü", "e2e"};
        return random_.pick(kNames);
    }

    std::string reference() {
        const std::string variable = name();
        switch (random_.below(6)) {
            case 0:
                return ":'" + variable + "'";
            case 1:
                return ":\"" + variable + "\"";
            case 2:
                return ":{?" + variable + "}";
            default:
                return ":" + variable;
        }
    }

    std::string set() {
        static const Texts kValues = {
            "1",         "'x y'",       "'it''s'", "'a;b'",     "'; select 1'",
            "'\\\\'",    "'\"q;\"'",    "'(1;2)'", "'/* ; */'", "'-- x'",
            "'$$ ; $$'", "'''s;'''",    "'$t$'",   "'('",       "')'",
            "':a'",      "':b + :c1'",  "'::'",    "'::a'",     "' E''\\\\'';'''",
            "'ä'",       "\"x\"",       "x'y'z",   "on",        "'\\n'",
            "''",        "'a\\tb\\x41'"};
        std::string text = "\\set " + name();
        for (std::size_t parts = random_.below(3); parts > 0; --parts) {
            text += " " + (random_.below(4) == 0 ? reference() : random_.pick(kValues));
        }
        return text + "\n";
    }

    std::string statement() {
        static const Texts kBehind = {" ", ", ", "::int ", "\n", "+", "/* ; */"};
        std::string text = "select ";
        for (std::size_t parts = random_.below(8); parts > 0; --parts) {
            switch (random_.below(3)) {
                case 0:
                    // A name right behind one that has no value would be another word for the
                    // server than for psql.
                    text += reference() + random_.pick(kBehind);
                    break;
                case 1:
                    // A letter right behind a digit is a part of the number since PostgreSQL 15,
                    // which then refuses it.
                    if (text.back() >= '0' && text.back() <= '9') text += ' ';
                    text += random_.pick(test::kWhole);
                    break;
                default:
                    if (text.back() >= '0' && text.back() <= '9') text += ' ';
                    text += random_.pick(test::kWhole) + random_.pick(test::kBlanks);
            }
            if (random_.below(12) == 0) text += "\n" + set();
            if (random_.below(12) == 0) text += condition(1);
        }
        static const Texts kEnds = {";\n", ";", " \\g\n", " z;\n", "\\; select 2;\n"};
        return text + random_.pick(kEnds);
    }

    std::string condition(int depth) {
        static const Texts kTrue = {"true", "1", "on", "y", "TRUE", ":{?a}", ":{?b}"};
        static const Texts kOther = {"false", "0", "off", "n", "f", ":{?no_such}"};
        const auto word = [&] {
            return random_.below(2) == 0 ? random_.pick(kTrue) : random_.pick(kOther);
        };
        std::string text = "\n\\if " + word() + "\n" + part(depth + 1);
        while (random_.below(3) == 0) text += "\n\\elif " + word() + "\n" + part(depth + 1);
        if (random_.below(2) == 0) text += "\n\\else\n" + part(depth + 1);
        return text + "\n\\endif\n";
    }

    std::string part(int depth) {
        switch (random_.below(depth < 3 ? 8 : 6)) {
            case 0:
            case 1:
                return set();
            case 2:
                return "\\echo 'x;' " + reference() + "\n";
            case 3:
                return "\\unset " + name() + "\n";
            case 6:
                return condition(depth);
            case 7:
                return "\\ir inc/" + std::to_string(random_.below(3)) + ".sql\n";
            default:
                return statement();
        }
    }

    Random& random_;
};

TEST_F(PsqlScriptTest, a_large_corpus_of_commands_and_variables_is_read_as_psql_reads_it) {
    Random random;
    ScriptMaker maker{random};
    write("inc/0.sql", "select 'inc', :a, :'b', ':a' -- no semicolon");
    write("inc/1.sql", "\\set a :b\n\\if :{?c1}\nselect :c1; \\q\n\\endif\nselect 2;\n");
    write("inc/2.sql", "");
    const PsqlVariables at_first = {{"a", "1"}, {"ü", "x"}};
    std::string all = "\\set a 1\n\\set ü x\n";
    int scripts = 0;
    int refused = 0;
    while (scripts < 3000) {
        std::string script = maker.script();
        // A quote that stays open would make one script of those that follow.
        script += "\n\\set a 1\n\\unset b\n\\unset c1\n\\unset _d\n\\set ü x\n\\unset e2e\n";
        try {
            PsqlScript reader{write("one.sql", script), at_first};
            bool is_closed = true;
            while (const auto statement = reader.next()) is_closed &= !statement->unterminated;
            if (!is_closed) continue;
        } catch (const Error&) {
            ++refused;
            continue;
        }
        ++scripts;
        const fs::path file = write("s/" + std::to_string(scripts) + ".sql", script);
        all += "\\i " + file.string() + "\nselect 'the end of script " + std::to_string(scripts) +
               "';\n";
    }
    EXPECT_LT(refused, scripts);
    fs::create_directory_symlink(folder() / "inc", folder() / "s/inc");
    const fs::path file = write("all.sql", all);
    run_psql(file, {"-o", "/dev/null"});
    const Texts theirs = sent_by_psql();
    ASSERT_GT(theirs.size(), 6000U);
    expect_same(sent_by_us(file), theirs, random.seed_text());
}

}  // namespace
}  // namespace rehearse::sql
