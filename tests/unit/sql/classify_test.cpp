#include "classify_case.hpp"
#include "sql/first_words.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rehearse::sql {
namespace {

TEST(Classify, row_statements) {
    expect_all({
        {"insert into t values (1)", Kind::insert, Use::allowed, {"t"}},
        {"INSERT INTO Shop.\"Big Table\" (a) SELECT 1",
         Kind::insert,
         Use::allowed,
         {"shop.Big Table"}},
        {"insert into db.s.t default values;", Kind::insert, Use::allowed, {"s.t"}},
        {"/* x */ update only s.t set a = 1", Kind::update, Use::allowed, {"s.t"}},
        {"-- x\nupdate t as x set a = 1", Kind::update, Use::allowed, {"t"}},
        {"delete from only (t) where a", Kind::delete_rows, Use::allowed, {"t"}},
        {"delete from \"a\"\"b\" using c", Kind::delete_rows, Use::allowed, {"a\"b"}},
        {"merge into t using s on true when matched then delete", Kind::merge, Use::allowed, {"t"}},
        {"select 1", Kind::select},
        {"select extract(year from x), substring(a from 1 for 2) from t", Kind::select},
        {"values (1)", Kind::select},
        {"table t", Kind::select},
        {"(select 1) union (select 2)", Kind::select},
        {"with a as (select 1) select * from a", Kind::select},
        {"with insert as (select 1), b (x) as not materialized (select 2) delete from t",
         Kind::delete_rows,
         Use::allowed,
         {"t"}},
        {"with recursive a as (select 1) search depth first by x set y insert into t select 1",
         Kind::insert,
         Use::allowed,
         {"t"}},
        {"with gone as (delete from a returning *) insert into b select * from gone",
         Kind::insert,
         Use::allowed,
         {"a", "b"}},
        {"copy t (a, b) from stdin", Kind::copy_in, Use::allowed, {"t"}},
        {"COPY \"FROM\".t FROM STDIN WITH (FORMAT csv)", Kind::copy_in, Use::allowed, {"FROM.t"}},
        {"copy binary t from stdin", Kind::copy_in, Use::allowed, {"t"}},
        {"copy t from '/x'", Kind::copy_other, Use::allowed, {"t"}},
        {"copy t to stdout", Kind::copy_other, Use::allowed, {"t"}},
        {"copy (select 1 from stdin) to stdout", Kind::copy_other},
    });
}

TEST(Classify, a_long_name_is_cut_as_the_server_does) {
    const std::string longest(63, 'x');
    EXPECT_EQ(names_of(classify("insert into " + longest + "yz values (1)")), std::vector{longest});
    EXPECT_EQ(names_of(classify("insert into " + longest.substr(1) + "ä values (1)")),
              std::vector{longest.substr(1)});
    EXPECT_EQ(names_of(classify("drop table " + longest + "yz")), std::vector{longest});
}

TEST(Classify, weak_locks) {
    for (const char* text :
         {"insert into t values (1)", "update t set a = 1", "delete from t", "select 1",
          "copy t from stdin", "with a as (select 1) update t set a = 1", "(select 1)",
          "merge into t using s on true when matched then delete", "select substring('a' for 2)",
          "select 'for update'", "values (1)"}) {
        EXPECT_TRUE(classify(text).takes_weak_locks_only) << text;
    }
    for (const char* text :
         {"select 1 from t for update", "select 1 from t FOR NO KEY UPDATE OF t",
          "select 1 from t for share", "select 1 from t for key share skip locked",
          "select * from (select 1 from t for update) x", "(select 1 from t for update)",
          "with a as (select 1 from t for update) select 1", "select 1 into t", "truncate t",
          "create table t ()", "begin", "set x = 1", "call f()", "explain select 1"}) {
        EXPECT_FALSE(classify(text).takes_weak_locks_only) << text;
    }
}

TEST(Classify, definitions) {
    expect_all({
        {"create table s.t (a int references r (b))",
         Kind::create_table,
         Use::allowed,
         {"s.t", "r"}},
        {"create table t (like u) inherits (v)", Kind::create_table, Use::allowed, {"t", "u", "v"}},
        {"create table c partition of p for values in (1)",
         Kind::create_table,
         Use::allowed,
         {"c", "p"}},
        {"create table t as select * from u", Kind::create_table, Use::allowed, {"t", "u"}},
        {"select * into t from u", Kind::create_table, Use::allowed, {"t", "u"}},
        {"with a as (select 1) select * into t from a", Kind::create_table, Use::allowed, {"t"}},
        {"create foreign table t (a int) server s", Kind::create_table, Use::allowed, {"t"}},
        {"alter table if exists only s.t add foreign key (a) references r",
         Kind::alter_table,
         Use::allowed,
         {"s.t", "r"}},
        {"alter table t attach partition c default", Kind::alter_table, Use::allowed, {"t", "c"}},
        {"alter table t set schema s", Kind::alter_table, Use::allowed, {"t"}},
        {"alter table t owner to r", Kind::alter_table, Use::allowed, {"t"}},
        {"alter table t rename to u", Kind::rename, Use::allowed, {"t"}},
        {"alter table t rename column a to b", Kind::rename, Use::allowed, {"t"}},
        {"alter index i rename to j", Kind::rename, Use::allowed, {"i"}},
        {"alter index i set (fillfactor = 70)", Kind::other_utility, Use::allowed, {"i"}},
        {"drop table if exists t, s.u cascade", Kind::drop_table, Use::allowed, {"t", "s.u"}},
        {"drop index i", Kind::drop_index, Use::allowed, {"i"}},
        {"drop materialized view m", Kind::drop_view, Use::allowed, {"m"}},
        {"drop trigger x on s.t", Kind::other_utility, Use::allowed, {"s.t"}},
        {"drop function f(int)", Kind::other_utility},
        {"truncate t, only s.u cascade", Kind::truncate, Use::allowed, {"t", "s.u"}},
        {"create index on t (a)", Kind::create_index, Use::allowed, {"t"}},
        {"create view v as with a as (select 1) select * from a, t",
         Kind::create_view,
         Use::allowed,
         {"v", "t"}},
        {"create materialized view m as select * from t",
         Kind::create_view,
         Use::allowed,
         {"m", "t"}},
        {"refresh materialized view m with no data",
         Kind::refresh_materialized_view,
         Use::allowed,
         {"m"}},
        {"create function f() returns int language sql as 'select 1'", Kind::create_function},
        {"create procedure p() language sql begin atomic insert into t values (1); end",
         Kind::create_function,
         Use::allowed,
         {"t"}},
        {"create trigger x before insert on s.t execute function f()",
         Kind::create_trigger,
         Use::allowed,
         {"s.t"}},
        {"create type e as enum ('a')", Kind::create_type},
        {"create type c as (a int)", Kind::create_type},
        {"create domain d as int", Kind::create_type},
        {"alter type c add attribute b int", Kind::alter_type},
        {"alter domain d add check (value > 0)", Kind::alter_type},
        {"create schema s", Kind::create_schema},
        {"create extension pg_trgm", Kind::create_extension},
        {"create sequence s.q", Kind::create_sequence, Use::allowed, {"s.q"}},
        {"alter sequence q restart", Kind::alter_sequence, Use::allowed, {"q"}},
        {"comment on column s.t.a is 'x'", Kind::comment, Use::allowed, {"s.t"}},
        {"comment on table t is 'x'", Kind::comment, Use::allowed, {"t"}},
        {"comment on function f() is 'x'", Kind::comment},
        {"grant select on t, s.u to r", Kind::grant, Use::allowed, {"t", "s.u"}},
        {"revoke a from b", Kind::grant},
        {"alter default privileges grant select on tables to r", Kind::grant},
        {"create rule r as on insert to t do also insert into u values (1)",
         Kind::other_utility,
         Use::allowed,
         {"t", "u"}},
        {"create policy p on t using (true)", Kind::other_utility, Use::allowed, {"t"}},
        {"explain analyze delete from t", Kind::other_utility, Use::allowed, {"t"}},
        {"reset all", Kind::reset},
    });
}

TEST(Classify, concurrently) {
    EXPECT_TRUE(classify("create index concurrently i on t (a)").concurrently);
    EXPECT_TRUE(classify("drop index concurrently i").concurrently);
    EXPECT_TRUE(classify("reindex table concurrently t").concurrently);
    EXPECT_TRUE(classify("alter table p detach partition c concurrently").concurrently);
    EXPECT_TRUE(classify("refresh materialized view concurrently m").concurrently);
    EXPECT_FALSE(classify("create index concurrently_i on t (a)").concurrently);
    EXPECT_FALSE(classify("create index i on t (a) where b = 'concurrently'").concurrently);
    EXPECT_FALSE(classify("reindex (concurrently off) table t").concurrently);
}

TEST(Classify, alter_table_actions) {
    const auto actions =
        classify(
            "alter table t add column a int not null, add b bigserial, add c int default 1 unique, "
            "add d int primary key, drop column e cascade, drop f, alter g set not null, "
            "add constraint h unique using index i, add primary key (a), add check (a > 0), "
            "add j int generated always as (a + 1) stored, alter k drop not null, add l serial not "
            "null")
            .alter_actions;
    std::string text;
    for (const AlterAction& action : actions) {
        text += std::to_string(static_cast<int>(action.kind)) + ":" + action.column;
        if (action.not_null) text += " not_null";
        if (action.has_default) text += " default";
        if (action.using_index) text += " using_index";
        if (action.cascade) text += " cascade";
        text += "\n";
    }
    EXPECT_EQ(
        text,
        "0:a not_null\n0:b default\n0:c default\n3:\n0:d not_null\n4:\n1:e cascade\n1:f\n2:g\n"
        "3: using_index\n4:\n0:j default\n0:l not_null default\n");
}

struct SettingCase {
    const char* text;
    const char* name;
    const char* value;
    bool is_local = false;
};

TEST(Classify, settings) {
    for (const SettingCase& expected : {
             SettingCase{"set lock_timeout = '5s'", "lock_timeout", "5s"},
             {"SET LOCAL Lock_Timeout TO 5000", "lock_timeout", "5000", true},
             {"set session lock_timeout = 0", "lock_timeout", "0"},
             {"set seed to 0.5", "seed", "0.5"},
             {"set x.y = on", "x.y", "on"},
             {"set search_path = a, \"B\", 'c'", "search_path", "a, B, c"},
             {"set lock_timeout to default", "lock_timeout", ""},
             {"set lock_timeout from current", "lock_timeout", ""},
             {"reset lock_timeout", "lock_timeout", ""},
             {"reset all", "all", ""},
             {"set role bob", "role", "bob"},
             {"set time zone 'UTC'", "timezone", "UTC"},
         }) {
        const auto setting = classify(expected.text).setting;
        ASSERT_TRUE(setting) << expected.text;
        EXPECT_EQ(setting->name, expected.name) << expected.text;
        EXPECT_EQ(setting->value, expected.value) << expected.text;
        EXPECT_EQ(setting->is_local, expected.is_local) << expected.text;
    }
    EXPECT_FALSE(classify("set transaction read only").setting);
    EXPECT_FALSE(classify("alter system set a = 1").setting);
}

TEST(Classify, what_the_grammar_does_not_know) {
    const Classification unknown = classify("select 'ä'; frobnicate t");
    EXPECT_EQ(unknown.kind, Kind::select);

    const Classification wrong = classify("create 'ä' frobnicate t");
    EXPECT_EQ(wrong.kind, Kind::unclassified);
    EXPECT_EQ(wrong.transaction_use, Use::allowed);
    EXPECT_EQ(wrong.syntax_error, "syntax error at or near \"'ä'\"");
    EXPECT_EQ(wrong.syntax_error_position, 8U);

    const Classification later = classify("create index concurrently i on t ('ä' newer syntax)");
    EXPECT_EQ(later.kind, Kind::create_index);
    EXPECT_EQ(later.transaction_use, Use::forbidden);
    EXPECT_TRUE(later.concurrently);
    EXPECT_EQ(later.syntax_error_position, 35U);
    EXPECT_EQ(names_of(later), std::vector<std::string>{"t"});
}

TEST(Classify, text_that_is_no_statement) {
    for (const std::string& text :
         {std::string(), std::string(" -- x"), std::string("\0select", 7), std::string("\xff\xfe"),
          std::string("create table \xff (a int)"),
          std::string("create table t (a int)\0 x", 25)}) {
        EXPECT_NO_THROW(classify(text)) << text;
    }
    EXPECT_EQ(classify("").kind, Kind::unclassified);
    EXPECT_EQ(classify(std::string("create table t (\0)", 18)).syntax_error_position, 17U);
}

TEST(Classify, long_and_deep_statements_are_not_parsed) {
    std::string view = "create view s.v as select 1";
    while (view.size() < 900'000) view += " + 1";
    EXPECT_EQ(classify(view).kind, Kind::create_view);
    EXPECT_EQ(names_of(classify(view)), std::vector<std::string>{"s.v"});

    std::string table = "create unlogged table if not exists t (a text default '";
    table += std::string(1'100'000, 'x') + "')";
    const Classification c = classify(table);
    EXPECT_EQ(c.kind, Kind::create_table);
    EXPECT_EQ(names_of(c), std::vector<std::string>{"t"});
    EXPECT_EQ(c.syntax_error, "");

    std::string function = "create function f() returns int language plpgsql as $$ begin ";
    for (int i = 0; i < 50'000; ++i) function += "a := a + 1; ";
    EXPECT_EQ(classify(function + "end $$").kind, Kind::create_function);
}

// The two ways of classifying agree where both know the statement.
TEST(FirstWords, agree_with_the_parse_tree) {
    for (const char* text : {
             "create unlogged table if not exists s.t (a int)",
             "create unique index concurrently if not exists i on only s.t (a)",
             "create index on t (a)",
             "create or replace view v as select 1",
             "create materialized view m as select 1",
             "create sequence if not exists q",
             "create constraint trigger x after insert on s.t for each row execute function f()",
             "create policy p on s.t using (true)",
             "create or replace function f() returns int language sql as 'select 1'",
             "create procedure f() language sql as 'select 1'",
             "create type e as enum ('a')",
             "create domain d as int",
             "create schema s",
             "create extension x",
             "create database d",
             "create tablespace d location '/x'",
             "create subscription s connection 'x' publication p",
             "alter table if exists only s.t add a int",
             "alter table t rename to u",
             "alter table p detach partition c concurrently",
             "alter sequence q restart",
             "alter type e add value 'x'",
             "alter domain d drop not null",
             "alter default privileges grant select on tables to r",
             "alter system set a = 1",
             "drop table if exists s.t",
             "drop index concurrently if exists i",
             "drop materialized view m",
             "drop trigger x on t",
             "drop database d",
             "drop tablespace d",
             "drop subscription s",
             "reindex table t",
             "reindex (concurrently) table s.t",
             "reindex index concurrently i",
             "reindex schema s",
             "refresh materialized view concurrently m",
             "truncate table only s.t",
             "lock table only s.t",
             "analyze t",
             "vacuum",
             "call f()",
             "comment on schema s is 'x'",
             "grant a to b",
             "revoke a from b",
             "set a = 1",
             "reset a",
             "explain select 1",
         }) {
        SCOPED_TRACE(text);
        const Classification tree = classify(text);
        const Classification words = classified_by_first_words(text);
        ASSERT_EQ(tree.syntax_error, "");
        EXPECT_EQ(to_string(words.kind), to_string(tree.kind));
        EXPECT_EQ(static_cast<int>(words.transaction_use), static_cast<int>(tree.transaction_use));
        EXPECT_EQ(words.concurrently, tree.concurrently);
        for (std::size_t i = 0; i < words.relations.size(); ++i) {
            EXPECT_EQ(names_of(words)[i], names_of(tree)[i]);
        }
    }
}

}  // namespace
}  // namespace rehearse::sql
