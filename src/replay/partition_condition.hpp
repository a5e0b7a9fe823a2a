#pragma once

#include "rehearse/pg/performer_session.hpp"
#include "rehearse/sql/constraint.hpp"

#include "undone_statements.hpp"

#include <string>

namespace rehearse::replay {

// Completes a constraint with a partition's bound: the table whose rows the server looked through,
// which is the partition or the parent's default partition, and the condition that they have to
// fulfil. Returns why it cannot; empty when it could.
//
// Only the server can tell what a bound demands (a key of several columns, a hash), and only of a
// partition that is there. So one is made, empty and temporary, with nothing but the same columns,
// key and bound: the open transaction must be rolled back. Event triggers of the database see it.
std::string complete_partition(sql::AddedConstraint& constraint, const pg::ServerError& error,
                               const UndoneStatements& undone, pg::PerformerSession& performer);

}  // namespace rehearse::replay
