#pragma once

#include "rehearse/sql/constraint.hpp"

#include <string>

namespace rehearse::replay {

// The query that counts the rows that the constraint does not allow: one row with their number and,
// for unique, the number of keys that they share.
std::string violating_rows_query(const sql::AddedConstraint& constraint);

// A name for FROM or to_regclass, quoted where it needs it.
std::string quoted_relation(const pg::RelationName& relation);

}  // namespace rehearse::replay
