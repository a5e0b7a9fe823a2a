#include "rehearse/sql/script.hpp"

#include "first_words.hpp"
#include "parse_tree.hpp"
#include "row_statement.hpp"
#include "tree_facts.hpp"

#include <algorithm>
#include <utility>

namespace rehearse::sql {

namespace {

// Of a query: whether it says FOR UPDATE or its like anywhere.
bool locks_rows(const nlohmann::json& statement) {
    bool found = false;
    for_each_object(statement, [&found](const nlohmann::json& object) {
        found = found || object.contains("lockingClause");
    });
    return found;
}

}  // namespace

Classification classified_by_tree(const nlohmann::json& statement) {
    Classification c;
    c.kind = kind_in(statement);
    c.transaction_use = transaction_use_in(statement);
    c.concurrently = is_concurrent(statement);
    c.takes_weak_locks_only = c.kind == StatementKind::select && !locks_rows(statement);
    c.relations = relations_in(statement);
    c.alter_actions = alter_actions_in(statement);
    c.setting = setting_in(statement);
    c.procedure = procedure_in(statement);
    return c;
}

Classification classify(std::string_view text) {
    if (std::optional<Classification> c = classified_by_tokens(text)) return std::move(*c);
    const ParseTree tree = parsed(text);
    if (!tree.statements.empty()) return classified_by_tree(tree.statements.front());
    Classification c = classified_by_first_words(text);
    c.syntax_error = tree.error;
    c.syntax_error_position = tree.error_position;
    return c;
}

std::string_view to_string(StatementKind kind) {
    switch (kind) {
        case StatementKind::select:
            return "select";
        case StatementKind::insert:
            return "insert";
        case StatementKind::update:
            return "update";
        case StatementKind::delete_rows:
            return "delete_rows";
        case StatementKind::merge:
            return "merge";
        case StatementKind::copy_in:
            return "copy_in";
        case StatementKind::copy_other:
            return "copy_other";
        case StatementKind::begin:
            return "begin";
        case StatementKind::commit:
            return "commit";
        case StatementKind::rollback:
            return "rollback";
        case StatementKind::savepoint:
            return "savepoint";
        case StatementKind::set:
            return "set";
        case StatementKind::reset:
            return "reset";
        case StatementKind::create_table:
            return "create_table";
        case StatementKind::alter_table:
            return "alter_table";
        case StatementKind::drop_table:
            return "drop_table";
        case StatementKind::rename:
            return "rename";
        case StatementKind::truncate:
            return "truncate";
        case StatementKind::create_index:
            return "create_index";
        case StatementKind::drop_index:
            return "drop_index";
        case StatementKind::reindex:
            return "reindex";
        case StatementKind::create_view:
            return "create_view";
        case StatementKind::drop_view:
            return "drop_view";
        case StatementKind::refresh_materialized_view:
            return "refresh_materialized_view";
        case StatementKind::create_function:
            return "create_function";
        case StatementKind::do_block:
            return "do_block";
        case StatementKind::call:
            return "call";
        case StatementKind::create_trigger:
            return "create_trigger";
        case StatementKind::create_type:
            return "create_type";
        case StatementKind::alter_type:
            return "alter_type";
        case StatementKind::create_schema:
            return "create_schema";
        case StatementKind::create_extension:
            return "create_extension";
        case StatementKind::create_sequence:
            return "create_sequence";
        case StatementKind::alter_sequence:
            return "alter_sequence";
        case StatementKind::comment:
            return "comment";
        case StatementKind::grant:
            return "grant";
        case StatementKind::lock_table:
            return "lock_table";
        case StatementKind::vacuum:
            return "vacuum";
        case StatementKind::analyze:
            return "analyze";
        case StatementKind::cluster:
            return "cluster";
        case StatementKind::other_utility:
            return "other_utility";
        case StatementKind::unclassified:
            return "unclassified";
    }
    return "unclassified";
}

}  // namespace rehearse::sql
