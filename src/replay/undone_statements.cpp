#include "undone_statements.hpp"

#include "rehearse/base/text.hpp"

namespace rehearse::replay {

namespace {

using sql::StatementKind;

// Through triggers, cascades and its own code, what such a statement changes is not only what it
// names. One that the grammar does not know is taken for one of them.
bool may_change_any_rows(StatementKind kind) {
    switch (kind) {
        case StatementKind::insert:
        case StatementKind::update:
        case StatementKind::delete_rows:
        case StatementKind::merge:
        case StatementKind::copy_in:
        case StatementKind::truncate:
        case StatementKind::do_block:
        case StatementKind::call:
        case StatementKind::create_extension:
        case StatementKind::unclassified:
            return true;
        default:
            return false;
    }
}

// pg_dump sets search_path so.
bool sets_config(StatementKind kind, const std::string& sql) {
    return kind == StatementKind::select &&
           lower_cased(sql).find("set_config") != std::string::npos;
}

}  // namespace

void UndoneStatements::add(const std::string& sql, const sql::Classification& classification) {
    const StatementKind kind = classification.kind;
    if (kind == StatementKind::set || kind == StatementKind::reset || sets_config(kind, sql)) {
        settings_.push_back(sql);
        return;
    }
    changed_rows_ = changed_rows_ || may_change_any_rows(kind);
    if (classification.takes_weak_locks_only) return;
    for (const pg::RelationName& relation : classification.relations)
        relations_.insert(relation.name);
}

}  // namespace rehearse::replay
