#include "row_statement.hpp"

#include "token_cursor.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace rehearse::sql {

namespace {

void add_relation(Classification& c, std::optional<pg::RelationName> relation) {
    if (!relation) return;
    if (std::find(c.relations.begin(), c.relations.end(), *relation) != c.relations.end()) return;
    c.relations.push_back(std::move(*relation));
}

// INSERT INTO x, UPDATE [ONLY] x, DELETE FROM [ONLY] x, MERGE INTO [ONLY] x: passes over the words
// and adds x. nullopt where no such statement starts.
std::optional<StatementKind> take_row_change(TokenCursor& cursor, Classification& c) {
    StatementKind kind{};
    if (cursor.take("insert")) {
        kind = StatementKind::insert;
    } else if (cursor.take("update")) {
        kind = StatementKind::update;
    } else if (cursor.take("delete")) {
        kind = StatementKind::delete_rows;
    } else if (cursor.take("merge")) {
        kind = StatementKind::merge;
    } else {
        return std::nullopt;
    }
    cursor.skip_words({"into", "from", "only"});
    cursor.take(TokenKind::open_paren);
    add_relation(c, cursor.take_relation());
    return kind;
}

// Passes over one token; notes FOR UPDATE, FOR NO KEY UPDATE, FOR SHARE and FOR KEY SHARE.
void pass(TokenCursor& cursor, Classification& c) {
    if (!cursor.take("for")) {
        cursor.advance();
    } else if (cursor.at_any({"update", "no", "share", "key"})) {
        c.takes_weak_locks_only = false;
    }
}

// The rest of a query. False where it has INTO: that makes a table.
bool read_query(TokenCursor& cursor, Classification& c) {
    int depth = 0;
    while (!cursor.done()) {
        if (depth == 0 && cursor.at("into")) return false;
        if (cursor.token().kind == TokenKind::open_paren) ++depth;
        if (cursor.token().kind == TokenKind::close_paren) --depth;
        pass(cursor, c);
    }
    return true;
}

// WITH [RECURSIVE] name [(columns)] AS [[NOT] MATERIALIZED] (query) [SEARCH ...] [CYCLE ...], ...
// Stops at the statement that the queries are for.
void skip_common_table_expressions(TokenCursor& cursor, Classification& c) {
    cursor.take("recursive");
    cursor.advance();  // a name, which may read like a keyword
    int depth = 0;
    while (!cursor.done()) {
        if (depth == 0 && cursor.take(TokenKind::comma)) {
            cursor.advance();
            continue;
        }
        const bool at_statement =
            cursor.at_any({"select", "insert", "update", "delete", "merge", "values", "table"});
        if (depth == 0 && at_statement) return;
        if (cursor.token().kind == TokenKind::close_paren) --depth;
        if (cursor.take(TokenKind::open_paren)) {
            ++depth;
            take_row_change(cursor, c);
        } else {
            pass(cursor, c);
        }
    }
}

std::optional<Classification> row_statement(TokenCursor& cursor) {
    Classification c;
    c.takes_weak_locks_only = true;
    if (cursor.take("with")) skip_common_table_expressions(cursor, c);
    if (const std::optional<StatementKind> kind = take_row_change(cursor, c)) {
        c.kind = *kind;
        return c;
    }
    if (!cursor.at_any({"select", "values", "table"})) return std::nullopt;
    c.kind = StatementKind::select;
    cursor.advance();
    if (!read_query(cursor, c)) return std::nullopt;
    return c;
}

Classification copy_statement(TokenCursor& cursor) {
    Classification c;
    c.kind = StatementKind::copy_other;
    c.takes_weak_locks_only = true;
    cursor.take("binary");
    if (cursor.token().kind == TokenKind::open_paren) return c;
    add_relation(c, cursor.take_relation());
    cursor.skip_parentheses();
    if (cursor.take("from") && cursor.at("stdin")) c.kind = StatementKind::copy_in;
    return c;
}

Classification control(StatementKind kind) {
    Classification c;
    c.kind = kind;
    c.transaction_use = TransactionUse::is_control;
    return c;
}

Classification savepoint_statement(TokenCursor& cursor, SavepointUse::Kind kind) {
    cursor.take("savepoint");
    Classification c = control(StatementKind::savepoint);
    c.savepoint = SavepointUse{kind, cursor.take_name().value_or("")};
    return c;
}

// COMMIT PREPARED and ROLLBACK PREPARED are refused in a transaction block.
Classification end_of_transaction(TokenCursor& cursor, StatementKind kind) {
    if (cursor.at("prepared")) {
        Classification c;
        c.kind = StatementKind::other_utility;
        c.transaction_use = TransactionUse::forbidden;
        return c;
    }
    cursor.skip_words({"work", "transaction"});
    if (cursor.take("to")) return savepoint_statement(cursor, SavepointUse::Kind::roll_back_to);
    return control(kind);
}

}  // namespace

std::optional<Classification> classified_by_tokens(std::string_view text) {
    TokenCursor cursor(text);
    if (cursor.take("copy")) return copy_statement(cursor);
    if (cursor.take("begin")) return control(StatementKind::begin);
    if (cursor.take("start")) {
        if (cursor.at("transaction")) return control(StatementKind::begin);
        return std::nullopt;
    }
    if (cursor.take("commit") || cursor.take("end")) {
        return end_of_transaction(cursor, StatementKind::commit);
    }
    if (cursor.take("rollback") || cursor.take("abort")) {
        return end_of_transaction(cursor, StatementKind::rollback);
    }
    if (cursor.at("savepoint")) return savepoint_statement(cursor, SavepointUse::Kind::set);
    if (cursor.take("release")) return savepoint_statement(cursor, SavepointUse::Kind::release);
    if (cursor.take("prepare")) {
        if (cursor.at("transaction")) return control(StatementKind::other_utility);
        return std::nullopt;
    }
    return row_statement(cursor);
}

}  // namespace rehearse::sql
