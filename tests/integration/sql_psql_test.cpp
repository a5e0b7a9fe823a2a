#include "rehearse/base/files.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/sql/script.hpp"

#include "support/local_postgres.hpp"
#include "unit/sql/script_pieces.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace rehearse::sql {
namespace {

using Texts = std::vector<std::string>;

class PsqlTest : public rehearse::test::PostgresTest {
  protected:
    // What psql sends, from its --log-file, where each query stands between two rulers.
    Texts sent_by_psql(const std::string& script) const {
        static const TempDir folder(default_temp_folder(),
                                    "rehearse-psql-test-" + std::to_string(::getpid()));
        const fs::path file = folder.path() / "script.sql";
        const fs::path log = folder.path() / "log";
        write_file_atomically(file, script);
        fs::remove(log);
        server().run_client("psql", {"-X", "-q", "-L", log.string(), "-f", file.string()},
                            database());
        Texts sent;
        std::string query;
        bool inside = false;
        for (const std::string& line : split(read_file(log), '\n')) {
            if (line == "********* QUERY **********" || line == "/******** QUERY *********/") {
                inside = true;
                query.clear();
            } else if (line == "**************************" ||
                       line == "/************************/") {
                if (inside) sent.push_back(normalized(query));
                inside = false;
            } else {
                query += line + "\n";
            }
        }
        std::erase(sent, "");
        return sent;
    }

    static Texts sent_by_us(const std::string& script) {
        Texts sent;
        for (const Statement& piece : test::pieces_of(script).all) {
            if (piece.is_meta_command || piece.text.empty()) continue;
            sent.push_back(normalized(piece.text));
        }
        return sent;
    }
};

TEST_F(PsqlTest, gets_the_same_statements_out_of_the_same_file) {
    const Texts scripts = {
        "select 1; select 2;\nselect 3",
        "select 1;;\n; select 2 -- x;\n;\n/* ; /* ; */ */ select 3;\n",
        "\xEF\xBB\xBFselect 1;\r\nselect\r\n 'a;\r\nb';\r\n",
        "select ';', '\\', E'\\';', E'a'';', U&'\\003b;', B'1', X'FF', N';';\nselect 2;",
        "select E'a\\\n;'; select 2;",
        "select 'a'\n';'; select 'a' -- ;\n';'; select 2;",
        "select type'\\'; select 2;",
        "select $$;$$, $a$ ; $b$ ; $$ $a$, $a1$;$a1$; select a$b$ ; select $b$;$b$; select "
        "$1$$;$$;",
        "select 1$$;$$; select $ ; select $a ; select $ü$;$ü$; select 2;",
        "select \";\"\"\", u&\"\\003b;\"; select \"a\nb;\"; select 2;",
        "create table t (a int); create rule r as on insert to t do also (select 1; select 2);\n"
        "select 3);\nselect 4;",
        "select (1;\n2; 3);\nselect 4;",
        "create function f() returns int begin atomic select 1; select case when true then 2 end; "
        "end; select 3;",
        "create or replace procedure p() begin atomic select 1; end; select 3;",
        "create or replace view case as select 1; select case when true then 1 end; select 2;",
        "create function begin() returns int language sql as 'select 1'; select 2; end; select 3;",
        "create function f2(a int default (case when true then 1 end)) returns int language sql "
        "return a; select 2;",
        "begin; select 1; end; select 2;",
        "begin atomic; select 1; end; select 2;",
        "select 1 <--;\n2; select 3 +/* ; */ 4; select 5 @-- ;\n 6;",
        "select 1..2; select 1.e5, .5, 0x1F, 1_0; select a[1:2], :x, ::text;",
        "create table c (a text, b text);\ncopy c (a, b) from stdin;\n1\t;\n\\N\t'\n\\.\nselect 2;",
        "create table c (a text);\ncopy c from stdin (format csv); -- x\n\"a;\n\"\n\\.\nselect 2;\n"
        "COPY public.\"c\" FROM STDIN;\r\nx\r\n\\.\r\nselect 3;",
        "create table c (a text);\ncopy c /* from */ from -- x\n stdin where a > ';' ;\n1\n\\.\n"
        "select 2;\ncopy c from stdin;\n1\n2\n",
        "\\set x 1\nselect 1;\n\\echo ';' $$ \" \nselect 2;\n \\unset x\nselect 3;",
        "select 1 \\g\nselect 2 \\gset\nselect 3;",
        "select 1; select 'open ;\n select 2;\n",
        "select 1; select (2;\n select 3;\n",
        "select 1; /* open ; select 2;\n",
        "select 1; select $a$ ; $b$ select 2;\n",
        "select 1; -- end",
        "\n\n",
    };
    for (const std::string& script : scripts) {
        EXPECT_EQ(sent_by_us(script), sent_by_psql(script)) << script;
    }
}

// psql 15 forgets at the end of a line that E'...' may go on behind it; the server's lexer does
// not. Here the server is followed: it is right for all the tools that send a file whole.
TEST_F(PsqlTest, splits_a_continued_escape_string_where_the_server_would_not) {
    const std::string script = "select E'a'\n'\\';'; select 2;";
    EXPECT_EQ(sent_by_us(script), (Texts{"select E'a'\n'\\';'", "select 2"}));
    EXPECT_NE(sent_by_psql(script), sent_by_us(script));
}

}  // namespace
}  // namespace rehearse::sql
