#pragma once

#include "rehearse/pg/types.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rehearse::sql {

enum class ConstraintKind { unique, not_null, check, foreign_key };

std::string_view to_string(ConstraintKind kind);

// What a statement demands of the rows that are in a table already, in SQL that can be asked of
// them.
struct AddedConstraint {
    ConstraintKind kind{};
    pg::RelationName relation;  // as the text names it
    // ALTER DOMAIN: its name, quoted where it needs it. The text names no relation and no key; the
    // condition says VALUE.
    std::string domain;
    // ATTACH PARTITION, and CREATE TABLE ... PARTITION OF: the parent, and the bound as it stands
    // there, "FOR VALUES IN (1)" or "DEFAULT". The text has no condition.
    pg::RelationName partition_of;
    std::string bound;
    bool is_default = false;
    bool only = false;  // not of the tables that inherit from it
    std::string name;   // of the constraint or the index; empty where the server makes one
    // VALIDATE CONSTRAINT: the catalog has all that follows, and the kind too.
    bool is_in_catalog = false;

    // Expressions for unique, columns for the others, quoted where they need it. Empty for a
    // column that NOT NULL comes with: it is null in every row.
    std::vector<std::string> keys;
    std::string condition;         // of check; of unique, the predicate of a partial index
    bool nulls_are_equal = false;  // NULLS NOT DISTINCT
    pg::RelationName referenced;
    bool referenced_only = false;              // as `only`
    std::vector<std::string> referenced_keys;  // empty: its primary key
    bool match_full = false;
};

// Of CREATE UNIQUE INDEX, ALTER TABLE, ALTER DOMAIN and CREATE TABLE ... PARTITION OF. What is
// added NOT VALID or from an index that is there already is left out, and so is all that the
// grammar does not know. Never throws.
std::vector<AddedConstraint> constraints_added_by(std::string_view text);

}  // namespace rehearse::sql
