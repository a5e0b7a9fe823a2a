#pragma once

#include "rehearse/pg/performer_session.hpp"
#include "rehearse/sql/constraint.hpp"

namespace rehearse::replay {

// Completes a constraint with a partition's bound: the table whose rows the server looked through,
// which is the partition or the parent's default partition, and the condition that they have to
// fulfil. False where the catalog does not have what the text names.
//
// Only the server can tell what a bound demands (a key of several columns, a hash), and only of a
// partition that is there. So one is made, empty and temporary, with nothing but the same columns,
// key and bound: the open transaction must be rolled back.
bool complete_partition(sql::AddedConstraint& constraint, const pg::ServerError& error,
                        pg::PerformerSession& performer);

}  // namespace rehearse::replay
