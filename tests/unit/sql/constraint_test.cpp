#include "rehearse/sql/constraint.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rehearse::sql {
namespace {

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) all += (all.empty() ? "" : " | ") + text;
    return all;
}

// "unique only public.t u [a | lower(b)] where c > 1"
std::string line_of(const AddedConstraint& added) {
    std::string line{added.is_in_catalog ? "validate" : to_string(added.kind)};
    if (added.only) line += " only";
    line += added.domain.empty() ? " " + added.relation.text() : " domain " + added.domain;
    if (!added.bound.empty()) line += " in " + added.partition_of.text() + " " + added.bound;
    if (!added.name.empty()) line += " named " + added.name;
    if (!added.keys.empty()) line += " [" + joined(added.keys) + "]";
    if (!added.condition.empty()) line += " where " + added.condition;
    if (added.nulls_are_equal) line += " nulls equal";
    if (!added.referenced.name.empty()) {
        line += " -> " + added.referenced.text() + " [" + joined(added.referenced_keys) + "]";
    }
    if (added.match_full) line += " full";
    return line;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (const AddedConstraint& added : constraints_added_by(text)) lines.push_back(line_of(added));
    return lines;
}

struct Case {
    std::string text;
    std::vector<std::string> lines;
};

void expect_all(const std::vector<Case>& cases) {
    for (const Case& expected : cases) {
        SCOPED_TRACE(expected.text);
        EXPECT_EQ(lines_of(expected.text), expected.lines);
    }
}

TEST(AddedConstraints, of_domains) {
    expect_all({
        {"alter domain s.\"Price\" add constraint positive check (value > 0 and value <> 13)",
         {"check only domain s.\"Price\" named positive where (value > 0 and value <> 13)"}},
        {"alter domain price add check (VALUE > 0) not valid", {}},
        {"alter domain price validate constraint positive",
         {"validate only domain price named positive"}},
        {"alter domain price set not null", {"not_null only domain price"}},
        {"alter domain price drop not null", {}},
        {"alter domain price set default 3", {}},
        {"alter domain price drop constraint positive", {}},
    });
}

TEST(AddedConstraints, of_unique_indexes) {
    expect_all({
        {"create unique index on t (a)", {"unique t [a]"}},
        {"create unique index concurrently if not exists i on only s.t using btree (a, lower(b) "
         "collate \"C\" text_ops desc nulls last, (x + y)) include (z, w) nulls not distinct with "
         "(fillfactor = 70) where a > 3 and (b or c) -- why",
         {"unique only s.t named i [a | lower(b) COLLATE \"C\" | (x + y)] where a > 3 and (b or c) "
          "nulls equal"}},
        {"create unique index \"I 1\" on \"Odd \"\"T\" (\"a,b\", substr(\"x)\", 1, 2) text_ops, "
         "coalesce(a, ')'), pg_catalog.f ( /* ( */ (g(1))))",
         {"unique \"Odd \"\"T\" named I 1 [\"a,b\" | substr(\"x)\", 1, 2) | coalesce(a, ')') | "
          "pg_catalog.f ( /* ( */ (g(1)))]"}},
        {"/* é ( */ create unique index i on t(a collate s.\"x\") where b = $$ where ( $$;",
         {"unique t named i [a COLLATE s.x] where b = $$ where ( $$"}},
        {"create index i on t (a)", {}},
    });
}

TEST(AddedConstraints, of_alter_table) {
    expect_all({
        {"alter table only s.t add constraint c unique nulls not distinct (a, \"B\")",
         {"unique only s.t named c [a | \"B\"] nulls equal"}},
        {"alter table t add primary key (a, b)", {"not_null t [a | b]", "unique t [a | b]"}},
        {"alter table t alter a set not null, alter column \"B\" set not null",
         {"not_null t [a]", "not_null t [\"B\"]"}},
        {"alter table t add constraint \"check\" /* check ( */ check (a > 0 and f(b) <> ')')",
         {"check t named check where (a > 0 and f(b) <> ')')"}},
        {"alter table t add check (a > 0) no inherit", {"check only t where (a > 0)"}},
        {"alter table t add foreign key (a, b) references s.p (x, \"Y\") match full",
         {"foreign_key t [a | b] -> s.p [x | \"Y\"] full"}},
        {"alter table t add constraint f foreign key (a) references t",
         {"foreign_key t named f [a] -> t []"}},
        {"alter table t validate constraint \"F\"", {"validate t named F"}},
        {"alter table t add constraint f foreign key (a) references p not valid, add constraint c "
         "check (a > 0) not valid",
         {}},
        {"alter table t add constraint u unique using index i", {}},
        {"alter table t alter a drop not null, rename to u", {}},
    });
}

TEST(AddedConstraints, of_a_column_that_is_added) {
    expect_all({
        {"alter table t add a int not null", {"not_null t"}},
        {"alter table t add a int generated always as (b + 1) stored not null", {"not_null t [a]"}},
        {"alter table t add a int primary key", {"not_null t", "unique t [a]"}},
        {"alter table t add a text default '' unique", {"unique t [true]"}},
        {"alter table t add a text default 'x'::text constraint u unique",
         {"unique t named u [true]"}},
        {"alter table t add a uuid default f() unique", {"unique t [a]"}},
        {"alter table t add a int default 0 references p (i) check (a > 0)",
         {"foreign_key t [a] -> p [i]", "check t where (a > 0)"}},
    });
}

TEST(AddedConstraints, of_partitions) {
    expect_all({
        {"alter table s.\"P\" attach partition p1 /* ( */ for values in (1, ')', null) -- why",
         {"check p1 in s.\"P\" FOR VALUES in (1, ')', null)"}},
        {"alter table p attach partition s.p1 for values from (minvalue, f(1)) to ('a', maxvalue)",
         {"check s.p1 in p FOR VALUES from (minvalue, f(1)) to ('a', maxvalue)"}},
        {"alter table p attach partition p1 for values with (modulus 4, remainder 1)",
         {"check p1 in p FOR VALUES with (modulus 4, remainder 1)"}},
        {"alter table p attach partition p1 default", {"check p1 in p DEFAULT"}},
        {"create table p1 partition of p (a not null) for values from (1) to (2) partition by "
         "range (b)",
         {"check p1 in p FOR VALUES from (1) to (2)"}},
        {"create table h () inherits (t)", {}},
        {"alter table p detach partition p1", {}},
    });
}

TEST(AddedConstraints, of_nothing_else) {
    expect_all({
        {"", {}},
        {"select 1", {}},
        {"insert into t values (1)", {}},
        {"create table t (a int primary key check (a > 0))", {}},
        {"alter table t add primary key (a); alter table t add unique (b)", {}},
        {"alter table t add constraint", {}},
        {"do $$ begin alter table t add primary key (a); end $$", {}},
    });
}

}  // namespace
}  // namespace rehearse::sql
