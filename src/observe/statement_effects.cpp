#include "statement_effects.hpp"

#include "rehearse/base/text.hpp"

#include <algorithm>
#include <string>

namespace rehearse::observe {

using sql::StatementKind;

bool takes_no_locks(StatementKind kind) {
    switch (kind) {
        case StatementKind::begin:
        case StatementKind::set:
        case StatementKind::reset:
            return true;
        default:
            return false;
    }
}

bool takes_weak_locks_only(const sql::Classification& classification) {
    return takes_no_locks(classification.kind) || classification.takes_weak_locks_only;
}

bool is_slow(const FinishedStatement& statement) {
    constexpr Millis kSlow{10};
    return statement.ended - statement.started >= kSlow;
}

bool reading_can_wait(StatementKind kind) {
    switch (kind) {
        case StatementKind::create_table:
        case StatementKind::create_view:
        case StatementKind::create_sequence:
        case StatementKind::create_schema:
        case StatementKind::create_type:
        case StatementKind::create_function:
        case StatementKind::comment:
        case StatementKind::grant:
            return true;
        default:
            return false;
    }
}

bool may_swap_storage(const FinishedStatement& statement) {
    switch (statement.classification.kind) {
        case StatementKind::alter_table:
            return lower_cased(statement.text).find("tablespace") != std::string::npos;
        case StatementKind::create_table:
        case StatementKind::create_index:
        case StatementKind::create_view:
        case StatementKind::create_sequence:
        case StatementKind::create_schema:
        case StatementKind::create_type:
        case StatementKind::create_trigger:
        case StatementKind::create_function:
        case StatementKind::drop_table:
        case StatementKind::drop_index:
        case StatementKind::drop_view:
        case StatementKind::rename:
        case StatementKind::comment:
        case StatementKind::grant:
        // Asking on the performer's connection would take the snapshot that SET TRANSACTION must
        // come before.
        case StatementKind::lock_table:
        case StatementKind::savepoint:
            return false;
        default:
            return true;
    }
}

bool may_touch_rows(StatementKind kind) {
    switch (kind) {
        case StatementKind::begin:
        case StatementKind::set:
        case StatementKind::reset:
        case StatementKind::savepoint:
        case StatementKind::lock_table:
        case StatementKind::rename:
        case StatementKind::create_schema:
        case StatementKind::create_type:
        case StatementKind::create_function:
        case StatementKind::create_trigger:
        case StatementKind::drop_view:
        case StatementKind::comment:
        case StatementKind::grant:
            return false;
        default:
            return true;
    }
}

bool changes_schema_only(StatementKind kind) {
    switch (kind) {
        case StatementKind::create_table:
        case StatementKind::alter_table:
        case StatementKind::drop_table:
        case StatementKind::rename:
        case StatementKind::create_index:
        case StatementKind::drop_index:
        case StatementKind::create_view:
        case StatementKind::drop_view:
        case StatementKind::create_trigger:
        case StatementKind::create_type:
        case StatementKind::create_schema:
        case StatementKind::create_sequence:
        case StatementKind::comment:
        case StatementKind::grant:
            return true;
        default:
            return false;
    }
}

bool takes_locks_as_it_begins(StatementKind kind) {
    switch (kind) {
        case StatementKind::insert:
        case StatementKind::update:
        case StatementKind::delete_rows:
        case StatementKind::merge:
        case StatementKind::copy_in:
        case StatementKind::copy_other:
        case StatementKind::alter_table:
        case StatementKind::drop_table:
        case StatementKind::truncate:
        case StatementKind::create_index:
        case StatementKind::drop_index:
        case StatementKind::reindex:
        case StatementKind::cluster:
        case StatementKind::refresh_materialized_view:
        case StatementKind::lock_table:
            return true;
        default:
            return changes_schema_only(kind);
    }
}

bool is_internal(const pg::RelationName& name) {
    return name.schema.starts_with("pg_toast") || name.schema == "pg_catalog" ||
           name.schema == "information_schema";
}

bool is_named(const pg::RelationName& name, const sql::Classification& classification) {
    return std::any_of(classification.relations.begin(), classification.relations.end(),
                       [&name](const pg::RelationName& named) {
                           return named.name == name.name &&
                                  (named.schema.empty() || named.schema == name.schema);
                       });
}

}  // namespace rehearse::observe
