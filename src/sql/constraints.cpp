#include "rehearse/base/text.hpp"
#include "rehearse/sql/constraint.hpp"

#include "parse_tree.hpp"
#include "token_cursor.hpp"

#include <algorithm>
#include <utility>

namespace rehearse::sql {

namespace {

using Constraints = std::vector<AddedConstraint>;

// The tree says where an expression is, not where it ends: its text is read from the tokens.
TokenCursor cursor_at(std::string_view text, const nlohmann::json& node) {
    const nlohmann::json& location = field(node, "location");
    const std::size_t at = location.is_number_unsigned() ? location.get<std::size_t>() : 0;
    return TokenCursor{text.substr(std::min(at, text.size()))};
}

void skip_to(TokenCursor& cursor, TokenKind kind) {
    while (!cursor.done() && cursor.token().kind != kind) cursor.advance();
}

std::string_view between(const char* begin, const char* end) {
    return {begin, static_cast<std::size_t>(end - begin)};
}

// From here to the end of the next "(...)": a function's call, or an expression in parentheses.
std::string take_through_parentheses(TokenCursor& cursor) {
    const char* const begin = cursor.token().begin;
    const char* end = begin;
    int depth = 0;
    bool was_inside = false;
    while (!cursor.done() && !(was_inside && depth == 0)) {
        if (cursor.token().kind == TokenKind::open_paren) ++depth;
        if (cursor.token().kind == TokenKind::close_paren) --depth;
        was_inside = was_inside || depth > 0;
        end = cursor.token().end;
        cursor.advance();
    }
    return std::string{between(begin, end)};
}

// The rest of the statement, without the comments behind it.
std::string take_rest(TokenCursor& cursor) {
    const char* const begin = cursor.token().begin;
    const char* end = begin;
    for (; !cursor.done() && cursor.token().kind != TokenKind::semicolon; cursor.advance()) {
        end = cursor.token().end;
    }
    return std::string{between(begin, end)};
}

// Behind a key of an index: its operator class and order.
void skip_to_next_key(TokenCursor& cursor) {
    while (!cursor.done() && cursor.token().kind != TokenKind::comma &&
           cursor.token().kind != TokenKind::close_paren) {
        if (cursor.token().kind == TokenKind::open_paren) {
            cursor.skip_parentheses();
        } else {
            cursor.advance();
        }
    }
}

pg::RelationName relation_of(const nlohmann::json& range) {
    return {text_field(range, "schemaname"), text_field(range, "relname")};
}

std::vector<std::string> names_in(const nlohmann::json& strings) {
    std::vector<std::string> names;
    for (const nlohmann::json& item : strings) names.push_back(quoted_identifier(string_of(item)));
    return names;
}

AddedConstraint constraint_on(const nlohmann::json& range, ConstraintKind kind) {
    AddedConstraint added;
    added.kind = kind;
    added.relation = relation_of(range);
    added.only = !flag(range, "inh");
    return added;
}

Constraints added_by_index(std::string_view text, const nlohmann::json& index) {
    if (!flag(index, "unique")) return {};
    const nlohmann::json& range = field(index, "relation");
    AddedConstraint added = constraint_on(range, ConstraintKind::unique);
    added.name = text_field(index, "idxname");
    added.nulls_are_equal = flag(index, "nulls_not_distinct");

    TokenCursor cursor = cursor_at(text, range);
    skip_to(cursor, TokenKind::open_paren);
    for (const nlohmann::json& item : field(index, "indexParams")) {
        cursor.advance();  // the parenthesis or comma before it
        const nlohmann::json& element = field(item, "IndexElem");
        std::string key = element.contains("name") ? quoted_identifier(text_field(element, "name"))
                                                   : take_through_parentheses(cursor);
        const std::vector<std::string> collation = names_in(field(element, "collation"));
        if (!collation.empty()) key += " COLLATE " + join(collation, ".");
        added.keys.push_back(std::move(key));
        skip_to_next_key(cursor);
    }
    if (index.contains("whereClause")) {
        cursor.advance();
        while (!cursor.done() && !cursor.at("where")) {
            cursor.skip_parentheses();
            if (!cursor.at("where")) cursor.advance();
        }
        cursor.advance();
        added.condition = take_rest(cursor);
    }
    return {added};
}

// Of a constant, or of one with its type said, the column is alike in every row.
bool is_constant(const nlohmann::json& expression) {
    const nlohmann::json& cast = field(expression, "TypeCast");
    const nlohmann::json& value = cast.is_null() ? expression : field(cast, "arg");
    return value.contains("A_Const") && !flag(field(value, "A_Const"), "isnull");
}

struct ColumnFacts {
    std::string name;  // quoted where it needs it; empty for a constraint of the table
    bool is_new = false;
    bool is_computed = false;  // GENERATED: only the server knows its values
    bool is_constant = false;
};

ColumnFacts facts_of(const nlohmann::json& column) {
    ColumnFacts facts{.name = quoted_identifier(text_field(column, "colname")), .is_new = true};
    for (const nlohmann::json& item : field(column, "constraints")) {
        const nlohmann::json& constraint = field(item, "Constraint");
        const std::string type = text_field(constraint, "contype");
        if (type == "CONSTR_GENERATED") facts.is_computed = true;
        if (type == "CONSTR_DEFAULT")
            facts.is_constant = is_constant(field(constraint, "raw_expr"));
    }
    return facts;
}

void add_not_null(Constraints& all, const nlohmann::json& range, std::vector<std::string> columns) {
    AddedConstraint added = constraint_on(range, ConstraintKind::not_null);
    added.keys = std::move(columns);
    all.push_back(std::move(added));
}

// A column's own NOT NULL fails where no default fills the column: it is null in every row.
void add_own_not_null(Constraints& all, const nlohmann::json& range, const ColumnFacts& column) {
    add_not_null(all, range,
                 column.is_computed ? std::vector{column.name} : std::vector<std::string>{});
}

void add_unique(Constraints& all, const nlohmann::json& range, const nlohmann::json& constraint,
                const ColumnFacts& column) {
    if (constraint.contains("indexname")) return;
    AddedConstraint added = constraint_on(range, ConstraintKind::unique);
    added.name = text_field(constraint, "conname");
    added.nulls_are_equal = flag(constraint, "nulls_not_distinct");
    added.keys = names_in(field(constraint, "keys"));
    if (column.is_new) added.keys = {column.is_constant ? "true" : column.name};
    if (text_field(constraint, "contype") == "CONSTR_PRIMARY") {
        if (column.is_new) {
            add_own_not_null(all, range, column);
        } else {
            add_not_null(all, range, added.keys);
        }
    }
    all.push_back(std::move(added));
}

void add_check(Constraints& all, std::string_view text, const nlohmann::json& range,
               const nlohmann::json& constraint) {
    AddedConstraint added = constraint_on(range, ConstraintKind::check);
    added.name = text_field(constraint, "conname");
    added.only = added.only || flag(constraint, "is_no_inherit");
    TokenCursor cursor = cursor_at(text, constraint);
    while (!cursor.done() && !cursor.at("check")) cursor.advance();
    cursor.advance();
    added.condition = take_through_parentheses(cursor);
    all.push_back(std::move(added));
}

void add_foreign_key(Constraints& all, const nlohmann::json& range,
                     const nlohmann::json& constraint, const ColumnFacts& column) {
    AddedConstraint added = constraint_on(range, ConstraintKind::foreign_key);
    added.name = text_field(constraint, "conname");
    added.keys = column.is_new ? std::vector{column.name} : names_in(field(constraint, "fk_attrs"));
    added.referenced = relation_of(field(constraint, "pktable"));
    added.referenced_keys = names_in(field(constraint, "pk_attrs"));
    added.match_full = text_field(constraint, "fk_matchtype") == "f";
    all.push_back(std::move(added));
}

void add_constraint(Constraints& all, std::string_view text, const nlohmann::json& range,
                    const nlohmann::json& constraint, const ColumnFacts& column) {
    if (flag(constraint, "skip_validation")) return;
    const std::string type = text_field(constraint, "contype");
    if (type == "CONSTR_UNIQUE" || type == "CONSTR_PRIMARY") {
        add_unique(all, range, constraint, column);
    } else if (type == "CONSTR_CHECK") {
        add_check(all, text, range, constraint);
    } else if (type == "CONSTR_FOREIGN") {
        add_foreign_key(all, range, constraint, column);
    } else if (type == "CONSTR_NOTNULL" && column.is_new) {
        add_own_not_null(all, range, column);
    }
}

void add_validated(Constraints& all, const nlohmann::json& range, std::string name) {
    AddedConstraint added = constraint_on(range, {});
    added.name = std::move(name);
    added.is_in_catalog = true;
    all.push_back(std::move(added));
}

// What the rows of the partition have to fulfil, and those of the default partition not.
AddedConstraint bound_of(std::string_view text, const nlohmann::json& partition,
                         const nlohmann::json& parent, const nlohmann::json& bound) {
    AddedConstraint added = constraint_on(partition, ConstraintKind::check);
    added.partition_of = relation_of(parent);
    added.is_default = flag(bound, "is_default");
    if (added.is_default) {
        added.bound = "DEFAULT";
        return added;
    }
    TokenCursor cursor = cursor_at(text, bound);
    added.bound = "FOR VALUES " + take_through_parentheses(cursor);
    if (cursor.at("to")) added.bound += " " + take_through_parentheses(cursor);
    return added;
}

Constraints added_by_create(std::string_view text, const nlohmann::json& create) {
    const nlohmann::json& parents = field(create, "inhRelations");
    if (!create.contains("partbound") || parents.empty()) return {};
    return {bound_of(text, field(create, "relation"), field(parents.front(), "RangeVar"),
                     create["partbound"])};
}

Constraints added_by_alter(std::string_view text, const nlohmann::json& alter) {
    Constraints all;
    const nlohmann::json& range = field(alter, "relation");
    for (const nlohmann::json& item : field(alter, "cmds")) {
        const nlohmann::json& command = field(item, "AlterTableCmd");
        const nlohmann::json& definition = field(command, "def");
        const std::string type = text_field(command, "subtype");
        if (type == "AT_AddConstraint") {
            add_constraint(all, text, range, field(definition, "Constraint"), {});
        } else if (type == "AT_AddColumn") {
            const nlohmann::json& column = field(definition, "ColumnDef");
            for (const nlohmann::json& constraint : field(column, "constraints")) {
                add_constraint(all, text, range, field(constraint, "Constraint"), facts_of(column));
            }
        } else if (type == "AT_SetNotNull") {
            add_not_null(all, range, {quoted_identifier(text_field(command, "name"))});
        } else if (type == "AT_ValidateConstraint") {
            add_validated(all, range, text_field(command, "name"));
        } else if (type == "AT_AttachPartition") {
            const nlohmann::json& attached = field(definition, "PartitionCmd");
            all.push_back(bound_of(text, field(attached, "name"), range, field(attached, "bound")));
        }
    }
    return all;
}

// The sub-commands are letters, see AlterDomainStmt in PostgreSQL's parsenodes.h.
Constraints added_by_alter_domain(std::string_view text, const nlohmann::json& alter) {
    Constraints all;
    const std::string subtype = text_field(alter, "subtype");
    const nlohmann::json& constraint = field(field(alter, "def"), "Constraint");
    const bool adds = subtype == "C" && !flag(constraint, "skip_validation");
    const std::string type = adds ? text_field(constraint, "contype") : "";
    if (type == "CONSTR_CHECK") {
        add_check(all, text, {}, constraint);
    } else if (type == "CONSTR_NOTNULL" || subtype == "O") {
        add_not_null(all, {}, {});
    } else if (subtype == "V") {
        add_validated(all, {}, text_field(alter, "name"));
    }
    for (AddedConstraint& added : all) added.domain = join(names_in(field(alter, "typeName")), ".");
    return all;
}

}  // namespace

std::string_view to_string(ConstraintKind kind) {
    switch (kind) {
        case ConstraintKind::unique:
            return "unique";
        case ConstraintKind::not_null:
            return "not_null";
        case ConstraintKind::check:
            return "check";
        case ConstraintKind::foreign_key:
            return "foreign_key";
    }
    return "check";
}

std::vector<AddedConstraint> constraints_added_by(std::string_view text) {
    const ParseTree tree = parsed(text);
    if (tree.statements.size() != 1) return {};
    const nlohmann::json& statement = tree.statements.front();
    if (statement.contains("IndexStmt")) return added_by_index(text, statement["IndexStmt"]);
    if (statement.contains("AlterDomainStmt"))
        return added_by_alter_domain(text, statement["AlterDomainStmt"]);
    if (statement.contains("CreateStmt")) return added_by_create(text, statement["CreateStmt"]);
    const nlohmann::json& alter = field(statement, "AlterTableStmt");
    return text_field(alter, "objtype") == "OBJECT_TABLE" ? added_by_alter(text, alter)
                                                          : Constraints{};
}

}  // namespace rehearse::sql
