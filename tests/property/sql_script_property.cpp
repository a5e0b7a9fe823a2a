#include "rehearse/sql/constraint.hpp"
#include "rehearse/sql/script.hpp"

#include "property/random.hpp"
#include "property/random_scripts.hpp"
#include "unit/sql/script_pieces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pg_query.h>

#include <string>
#include <tuple>
#include <vector>

namespace rehearse::sql {
namespace {

using rehearse::test::Random;
using test::kBlanks;
using test::Pieces;
using test::pieces_of;
using test::random_script;
using test::random_statement;
using test::Script;
using Texts = std::vector<std::string>;

constexpr std::size_t kChunks[] = {1, 7, 4096};

// Any bytes, with what a lexer looks at far more often than chance would have it.
std::string random_soup(Random& random) {
    static const Texts kFragments = {"'",
                                     "''",
                                     "\"",
                                     "$",
                                     "$$",
                                     "$a$",
                                     "$a",
                                     "E'",
                                     "U&'",
                                     "\\",
                                     "\\.",
                                     "\\.\n",
                                     "\n",
                                     "\r",
                                     ";",
                                     "(",
                                     ")",
                                     "--",
                                     "-",
                                     "/*",
                                     "*/",
                                     "/",
                                     "*",
                                     " ",
                                     "a",
                                     "1",
                                     "0x",
                                     "1e",
                                     ".",
                                     "copy t from stdin",
                                     "create function f()",
                                     "begin",
                                     "end",
                                     "case",
                                     "\xEF\xBB\xBF",
                                     "\xff",
                                     "ä",
                                     ":",
                                     std::string(1, '\0'),
                                     "e",
                                     "u",
                                     "&"};
    std::string text;
    for (std::size_t count = random.below(30); count > 0; --count) text += random.pick(kFragments);
    return text;
}

std::string shown(const Position& position) {
    return std::to_string(position.offset) + "/" + std::to_string(position.line) + "/" +
           std::to_string(position.column);
}

// One line a piece.
Texts facts_of(const Pieces& pieces) {
    Texts facts;
    for (const Statement& piece : pieces.all) {
        facts.push_back(piece.leading + "|" + piece.text + "|" + piece.trailing + "|" +
                        shown(piece.position) + (piece.is_meta_command ? " meta" : "") +
                        (piece.interrupts_statement ? " interrupts" : "") +
                        (piece.has_copy_data ? " data" : "") +
                        (piece.unterminated ? " open " : "") + piece.open_construct + " " +
                        shown(piece.open_position));
    }
    return facts;
}

TEST(ScriptProperty, made_scripts_come_apart_into_what_they_were_made_of) {
    Random random;
    for (int round = 0; round < 2000; ++round) {
        const Script script = random_script(random);
        for (const std::size_t chunk : kChunks) {
            const Pieces pieces = pieces_of(script.text, chunk);
            ASSERT_EQ(pieces.texts(), script.statements) << random.seed_text() << script.text;
            ASSERT_EQ(pieces.copy_data, script.copy_data) << random.seed_text() << script.text;
            ASSERT_EQ(pieces.joined, script.text) << random.seed_text();
        }
    }
}

TEST(ScriptProperty, splitting_a_statement_again_changes_nothing) {
    Random random;
    for (int round = 0; round < 2000; ++round) {
        for (const Statement& piece : pieces_of(random_script(random).text).all) {
            if (piece.text.empty() || piece.is_meta_command) continue;
            ASSERT_EQ(pieces_of(piece.text + ";\n").texts(), Texts{piece.text})
                << random.seed_text();
        }
    }
}

// Where COPY has something behind it on its line, the reader refuses; then there is nothing to
// join.
TEST(ScriptProperty, any_bytes_join_again_and_do_not_depend_on_how_they_arrive) {
    Random random;
    for (int round = 0; round < 10'000; ++round) {
        const std::string soup = random_soup(random);
        try {
            const Pieces whole = pieces_of(soup);
            ASSERT_EQ(whole.joined, soup) << random.seed_text();
            for (const Statement& piece : whole.all) {
                if (piece.text.empty() || piece.unterminated || !piece.trailing.ends_with(';'))
                    continue;
                // Behind a space, because a byte order mark counts only at the beginning.
                ASSERT_EQ(pieces_of(" " + piece.text + ";").texts(), Texts{piece.text})
                    << random.seed_text() << soup;
            }
            for (const std::size_t chunk : kChunks) {
                const Pieces pieces = pieces_of(soup, chunk);
                ASSERT_EQ(facts_of(pieces), facts_of(whole)) << random.seed_text() << soup;
                ASSERT_EQ(pieces.copy_data, whole.copy_data) << random.seed_text() << soup;
            }
        } catch (const std::exception& error) {
            ASSERT_THAT(error.what(), testing::HasSubstr("COPY")) << random.seed_text();
        }
    }
}

// What libpg_query, which has PostgreSQL's own lexer and grammar, makes of the same text.
Texts split_by_pg_query(const std::string& text, PgQuerySplitResult (*split)(const char*)) {
    const PgQuerySplitResult result = split(text.c_str());
    Texts statements;
    if (result.error != nullptr) {
        statements.push_back(std::string("error: ") + result.error->message);
    } else {
        for (int i = 0; i < result.n_stmts; ++i) {
            const auto begin = static_cast<std::size_t>(result.stmts[i]->stmt_location);
            const auto length = static_cast<std::size_t>(result.stmts[i]->stmt_len);
            statements.push_back(normalized(text.substr(begin, length)));
        }
    }
    pg_query_free_split_result(result);
    return statements;
}

Texts split_by_us(const std::string& text) {
    Texts statements;
    for (const std::string& statement : pieces_of(text).texts()) {
        statements.push_back(normalized(statement));
    }
    return statements;
}

TEST(ScriptProperty, agrees_with_the_scanner_of_libpg_query) {
    Random random;
    int compared = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        for (std::size_t count = random.below(4); count > 0; --count) {
            text += random_statement(random) + random.pick(kBlanks) + ";" + random.pick(kBlanks);
        }
        const Texts theirs = split_by_pg_query(text, pg_query_split_with_scanner);
        if (!theirs.empty() && theirs[0].starts_with("error")) continue;
        ++compared;
        ASSERT_EQ(split_by_us(text), theirs) << random.seed_text() << text;
    }
    EXPECT_GT(compared, 2000);
}

TEST(ScriptProperty, agrees_with_the_grammar_of_libpg_query) {
    static const Texts kValid = {
        "select 'a;' -- ;\n, $$;$$, E'\\';\\\\', \";\" from t",
        "select case when a then ';' end from t where a <> /* ; /* ; */ */ 'b'\n'c'",
        "insert into t values (1, 'x''; y'), (2, U&'\\0061;')",
        "create rule r as on insert to t do also (insert into u values (1); delete from v)",
        "create function f(a int) returns int language sql begin atomic select 1; "
        "select case a when 1 then 2 end; end",
        "create or replace function g() returns trigger as $fn$ begin if a then b := 'x'; "
        "end if; return new; end; $fn$ language plpgsql",
        "do $$ begin perform 1; end $$",
        "create table t (a int default 1, b text check (b <> ';'))",
        "alter table only public.t add constraint c foreign key (a) references u (b) not valid",
        "begin",
        "commit",
        "comment on table t is E'it''s; a \\'test\\''",
        "select a$b$, $1, 1.5e3, .5, a[1:2], a -> 'b' #>> '{c,d}', a ?| b, - -1, @ 5 from t",
        "explain (analyze, format json) select 1",
        "grant select, insert on t to \"odd;role\"",
        "create operator === (leftarg = box, procedure = f)",
        "prepare x (int) as select $1"};
    Random random;
    for (int round = 0; round < 2000; ++round) {
        std::string text;
        for (std::size_t count = random.below(6); count > 0; --count) {
            text += random.pick(kBlanks) + random.pick(kValid) + random.pick(kBlanks) + ";";
        }
        ASSERT_EQ(split_by_us(text), split_by_pg_query(text, pg_query_split_with_parser))
            << random.seed_text() << text;
    }
}

TEST(TextProperty, normalizing_and_masking_twice_change_nothing) {
    Random random;
    for (int round = 0; round < 3000; ++round) {
        const std::string text = random_statement(random);
        ASSERT_EQ(normalized(normalized(text)), normalized(text)) << random.seed_text() << text;
        const std::string masked = with_masked_literals(text);
        ASSERT_EQ(with_masked_literals(masked), masked) << random.seed_text() << text;
    }
}

TEST(TextProperty, any_bytes_are_classified) {
    static const Texts kFirst = {"", "create ", "alter table t ", "with a as ("};
    Random random;
    for (int round = 0; round < 5000; ++round) {
        const std::string text = random.pick(kFirst) + random_soup(random);
        ASSERT_NO_THROW(classify(text)) << random.seed_text();
        ASSERT_NO_THROW(roles_named_in("grant " + text)) << random.seed_text();
        ASSERT_NO_THROW(with_masked_literals(text)) << random.seed_text();
        ASSERT_NO_THROW(constraints_added_by(text)) << random.seed_text();
    }
}

// A statement with names, expressions and comments of every kind in it, whole and cut anywhere.
TEST(TextProperty, constraints_are_read_from_any_text) {
    static const Texts kFirst = {"create unique index on t (", "create unique index i on only t (",
                                 "alter table t add check (", "alter table t add unique ("};
    static const Texts kParts = {
        "a",   "\"B\"",        "f(a)", "(a + 1)",   "/* ( */",       "-- )\n",       "$$)$$",
        "')'", ", ",           ")",    "(",         "collate \"C\"", " where a > 1", " desc",
        "é",   "U&\"\\0061\"", ";",    " not valid"};
    Random random;
    std::size_t found = 0;
    for (int round = 0; round < 5000; ++round) {
        std::string text = random.pick(kFirst);
        for (std::size_t count = random.below(8); count > 0; --count) text += random.pick(kParts);
        text += random.below(2) == 0 ? ")" : "";
        std::vector<AddedConstraint> added;
        ASSERT_NO_THROW(added = constraints_added_by(text)) << random.seed_text() << text;
        found += added.size();
        for (const AddedConstraint& one : added) {
            ASSERT_FALSE(one.keys.empty() && one.condition.empty()) << random.seed_text() << text;
        }
    }
    EXPECT_GT(found, 100U);
}

}  // namespace
}  // namespace rehearse::sql
