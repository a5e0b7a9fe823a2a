#include "rehearse/sql/script.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rehearse::sql {
namespace {

struct TextCase {
    const char* text;
    const char* expected;
};

TEST(Normalized, drops_comments_and_runs_of_white_space) {
    for (const TextCase& c : {
             TextCase{"", ""},
             {" -- x\n ", ""},
             {"select  1 ;", "select 1"},
             {"select 1;; \n", "select 1"},
             {"\n/* a */ select/* b */1 -- c\r\n\t, 2", "select 1 , 2"},
             {"select '  -- ''x' , $$ /* $$, \" -- \"", "select '  -- ''x' , $$ /* $$, \" -- \""},
             {"select 'a' -- x\n 'b', 'a' 'b'", "select 'a'\n'b', 'a' 'b'"},
             {"select E'a'\n'b\\''", "select E'a'\n'b\\''"},
             {"select a-1, a - -1", "select a-1, a - -1"},
             {"select 'open ;", "select 'open ;"},
         }) {
        EXPECT_EQ(normalized(c.text), c.expected);
        EXPECT_EQ(normalized(normalized(c.text)), normalized(c.text));
    }
}

TEST(MaskedLiterals, hides_values_and_keeps_the_rest) {
    for (const TextCase& c : {
             TextCase{"select 1, -2.5e-3, 0x1F, 'a''b', E'\\'', B'1', U&'\\0061', $$x$$, $1, a1",
                      "select ?, -?, ?, ?, ?, ?, ?, ?, $1, a1"},
             {"insert into \"T 1\"\n  values ('x', NULL, true)",
              "insert into \"T 1\"\n  values (?, NULL, true)"},
             {"select 1 -- secret\n, /* secret */ 2", "select ? \n,   ?"},
             {"select 'open", "select ?"},
             {"select $a$ open", "select ?"},
             {"comment on table t is $$secret$$", "comment on table t is ?"},
             {"do $x$ begin update t set a = 'b' -- c\n where id = 3; execute $$secret$$; end $x$",
              "do $x$ begin update t set a = ? \n where id = ?; execute ?; end $x$"},
             {"create or replace function f() returns int as $$ select 1 $$ language sql",
              "create or replace function f() returns int as $$ select ? $$ language sql"},
             {"create function f() returns int language 'PLpgSQL' as $$ select 1 $$",
              "create function f() returns int language ? as $$ select ? $$"},
             {"do language plpgsql $$ begin x := 1; end $$",
              "do language plpgsql $$ begin x := ?; end $$"},
             {"create function f() returns text language plpython3u as $$ return \"secret\" $$",
              "create function f() returns text language plpython3u as ?"},
             {"create function f() returns text as $$ return \"secret\" $$ language \"plv8\"",
              "create function f() returns text as ? language \"plv8\""},
             {"do $$ return \"secret\" $$ language plpython3u", "do ? language plpython3u"},
             {"create function f() returns text as $$ return \"secret\" $$",
              "create function f() returns text as ?"},
             {"create function f() returns int as 'select 1' language sql",
              "create function f() returns int as ? language sql"},
             {"create table function (a text default $$secret$$)",
              "create table function (a text default ?)"},
         }) {
        EXPECT_EQ(with_masked_literals(c.text), c.expected);
    }
}

struct RoleCase {
    const char* text;
    std::vector<std::string> roles;
};

TEST(RolesNamedIn, finds_what_a_dump_relies_on) {
    for (const RoleCase& c : std::vector<RoleCase>{
             {"ALTER TABLE public.t OWNER TO app", {"app"}},
             {"ALTER FUNCTION f(int) OWNER TO \"Odd \"\"Name\"", {"Odd \"Name"}},
             {"ALTER SCHEMA s OWNER TO App", {"app"}},
             {"GRANT SELECT,INSERT(a) ON TABLE t TO a, \"B\", PUBLIC WITH GRANT OPTION",
              {"a", "B"}},
             {"GRANT ALL ON SCHEMA s TO GROUP a", {"a"}},
             {"REVOKE ALL ON TABLE t FROM a GRANTED BY b", {"a", "b"}},
             {"GRANT a, b TO c WITH ADMIN OPTION GRANTED BY d", {"a", "b", "c", "d"}},
             {"GRANT a TO b WITH INHERIT FALSE, SET TRUE GRANTED BY c", {"a", "b", "c"}},
             {"REVOKE INHERIT OPTION FOR a FROM b", {"a", "b"}},
             {"GRANT SELECT ON t TO CURRENT_USER, current_role, SESSION_USER", {}},
             {"ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA s GRANT ALL ON TABLES TO b",
              {"a", "b"}},
             {"ALTER DEFAULT PRIVILEGES FOR USER a REVOKE ALL ON TABLES FROM PUBLIC", {"a"}},
             {"ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT MAINTAIN ON TABLES TO b", {"a", "b"}},
             {"CREATE POLICY p ON t FOR SELECT TO a, b USING (x = 'c')", {"a", "b"}},
             {"ALTER POLICY p ON t TO a", {"a"}},
             {"ALTER POLICY p ON t RENAME TO a", {}},
             {"SET SESSION AUTHORIZATION 'a'", {"a"}},
             {"SET SESSION AUTHORIZATION DEFAULT", {}},
             {"SET ROLE a", {"a"}},
             {"SET ROLE NONE", {}},
             {"SET search_path = a", {}},
             {"CREATE SCHEMA s AUTHORIZATION a", {"a"}},
             {"CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'x')", {"a"}},
             {"CREATE USER MAPPING FOR PUBLIC SERVER s", {}},
             {"DROP OWNED BY a", {"a"}},
             {"REASSIGN OWNED BY a TO b", {"a", "b"}},
             {"COMMENT ON ROLE a IS 'x'", {"a"}},
             {"ALTER ROLE a SET work_mem = 1", {"a"}},
             {"CREATE ROLE a IN ROLE b", {"b"}},
             {"CREATE TABLE t (owner text)", {}},
             {"INSERT INTO t VALUES ('OWNER TO a')", {}},
             {"COMMENT ON TABLE t IS 'OWNER TO a'", {}},
             {"ALTER TABLE t RENAME COLUMN a TO b", {}},
             // What the grammar does not know:
             {"ALTER TABLE t FUTURE CLAUSE, OWNER TO a", {"a"}},
             {"ALTER FUTURE x OWNER TO \"A b\"", {"A b"}},
             {"GRANT SELECT ON FUTURE THING x TO a, PUBLIC, \"B\" GRANTED BY c", {"a", "B", "c"}},
             {"REVOKE SELECT ON FUTURE THING x FROM a, GROUP b", {"a", "b"}},
             {"ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT ALL ON FUTURES TO b", {"a", "b"}},
             {"CREATE POLICY p ON t FUTURELY TO a USING (b to c)", {"a"}},
             {"CREATE SCHEMA s FUTURELY AUTHORIZATION a", {"a"}},
             {"CREATE USER MAPPING FUTURELY FOR USER a SERVER s", {"a"}},
             {"CREATE USER FUTURE MAPPING FOR a SERVER s", {"a"}},
             {"ALTER TABLE t FUTURELY RENAME TO u", {}},
         }) {
        EXPECT_EQ(roles_named_in(c.text), c.roles) << c.text;
    }
}

}  // namespace
}  // namespace rehearse::sql
