#include "first_words.hpp"

#include "token_cursor.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace rehearse::sql {

namespace {

using Kind = StatementKind;
using Use = TransactionUse;

enum class Names { nothing, relation, relation_behind_on };

struct Pattern {
    std::string_view verb;
    std::string_view object;  // empty: the verb says all
    Kind kind;
    Names names = Names::nothing;
    Use use = Use::allowed;
};

constexpr Pattern kPatterns[] = {
    {"create", "table", Kind::create_table, Names::relation},
    {"create", "index", Kind::create_index, Names::relation_behind_on},
    {"create", "view", Kind::create_view, Names::relation},
    {"create", "sequence", Kind::create_sequence, Names::relation},
    {"create", "trigger", Kind::create_trigger, Names::relation_behind_on},
    {"create", "policy", Kind::other_utility, Names::relation_behind_on},
    {"create", "function", Kind::create_function},
    {"create", "procedure", Kind::create_function},
    {"create", "type", Kind::create_type},
    {"create", "domain", Kind::create_type},
    {"create", "schema", Kind::create_schema},
    {"create", "extension", Kind::create_extension},
    {"create", "database", Kind::other_utility, Names::nothing, Use::forbidden},
    {"create", "tablespace", Kind::other_utility, Names::nothing, Use::forbidden},
    {"create", "subscription", Kind::other_utility, Names::nothing, Use::forbidden},
    {"alter", "table", Kind::alter_table, Names::relation},
    {"alter", "sequence", Kind::alter_sequence, Names::relation},
    {"alter", "index", Kind::other_utility, Names::relation},
    {"alter", "view", Kind::other_utility, Names::relation},
    {"alter", "type", Kind::alter_type},
    {"alter", "domain", Kind::alter_type},
    {"alter", "default", Kind::grant},
    {"alter", "system", Kind::other_utility, Names::nothing, Use::forbidden},
    {"drop", "table", Kind::drop_table, Names::relation},
    {"drop", "index", Kind::drop_index, Names::relation},
    {"drop", "view", Kind::drop_view, Names::relation},
    {"drop", "trigger", Kind::other_utility, Names::relation_behind_on},
    {"drop", "policy", Kind::other_utility, Names::relation_behind_on},
    {"drop", "database", Kind::other_utility, Names::nothing, Use::forbidden},
    {"drop", "tablespace", Kind::other_utility, Names::nothing, Use::forbidden},
    {"drop", "subscription", Kind::other_utility, Names::nothing, Use::forbidden},
    {"reindex", "table", Kind::reindex, Names::relation, Use::may_be_refused},
    {"reindex", "index", Kind::reindex, Names::relation, Use::may_be_refused},
    {"reindex", "schema", Kind::reindex, Names::nothing, Use::forbidden},
    {"reindex", "database", Kind::reindex, Names::nothing, Use::forbidden},
    {"reindex", "system", Kind::reindex, Names::nothing, Use::forbidden},
    {"refresh", "view", Kind::refresh_materialized_view, Names::relation},
    {"truncate", "", Kind::truncate, Names::relation},
    {"lock", "", Kind::lock_table, Names::relation, Use::needs_block},
    {"analyze", "", Kind::analyze, Names::relation},
    {"vacuum", "", Kind::vacuum, Names::nothing, Use::forbidden},
    {"cluster", "", Kind::cluster, Names::nothing, Use::may_be_refused},
    {"call", "", Kind::call, Names::nothing, Use::may_commit},
    {"do", "", Kind::do_block, Names::nothing, Use::may_commit},
    {"comment", "", Kind::comment},
    {"grant", "", Kind::grant},
    {"revoke", "", Kind::grant},
    {"set", "", Kind::set},
    {"reset", "", Kind::reset},
    {"explain", "", Kind::other_utility},
};

const Pattern* take_pattern(TokenCursor& cursor) {
    const Token verb = cursor.token();
    cursor.advance();
    // REINDEX (options) TABLE
    if (is_word(verb, "reindex")) cursor.skip_parentheses();
    cursor.skip_words({"or", "replace", "global", "local", "temp", "temporary", "unlogged",
                       "unique", "constraint", "recursive", "foreign", "materialized"});
    for (const Pattern& pattern : kPatterns) {
        if (!is_word(verb, pattern.verb)) continue;
        if (pattern.object.empty() || cursor.take(pattern.object)) return &pattern;
    }
    return nullptr;
}

void take_relation(TokenCursor& cursor, Names names, Classification& c) {
    if (names == Names::nothing) return;
    while (names == Names::relation_behind_on && !cursor.done() && !cursor.take("on")) {
        cursor.advance();
    }
    cursor.skip_words({"table", "if", "not", "exists", "only"});
    if (std::optional<pg::RelationName> relation = cursor.take_relation()) {
        c.relations.push_back(std::move(*relation));
    }
}

bool says_concurrently(std::string_view text) {
    for (TokenCursor cursor(text); !cursor.done(); cursor.advance()) {
        if (cursor.at("concurrently")) return true;
    }
    return false;
}

}  // namespace

Classification classified_by_first_words(std::string_view text) {
    Classification c;
    TokenCursor cursor(text);
    const Pattern* pattern = take_pattern(cursor);
    if (pattern == nullptr) return c;
    c.kind = pattern->kind;
    c.transaction_use = pattern->use;
    cursor.take("concurrently");
    take_relation(cursor, pattern->names, c);
    if (pattern->kind == Kind::alter_table && cursor.at("rename")) c.kind = Kind::rename;
    switch (pattern->kind) {
        case Kind::create_index:
        case Kind::drop_index:
        case Kind::reindex:
        case Kind::alter_table:
            c.concurrently = says_concurrently(text);
            if (c.concurrently) c.transaction_use = Use::forbidden;
            break;
        case Kind::refresh_materialized_view:
            c.concurrently = says_concurrently(text);
            break;
        default:
            break;
    }
    return c;
}

}  // namespace rehearse::sql
