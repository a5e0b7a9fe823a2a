#pragma once

#include "rehearse/pg/lock_reading.hpp"

#include <functional>
#include <string_view>

namespace rehearse::pg {

// A value of a result as text; nullptr for NULL.
using Cell = std::function<const char*(int row, int column)>;

// The columns of relations_by_oid.sql from `first_column` on. A row without an oid is nobody's.
RelationMap relations_from(int rows, const Cell& cell, int first_column = 0);

ReportedActivity reported_from(int rows, const Cell& cell);
// The columns of row_activity.sql from `first_column` on.
ActivityReading activity_from(int rows, const Cell& cell, int first_column = 0);
SizeMap sizes_from(int rows, const Cell& cell);
ShapeMap shapes_from(int rows, const Cell& cell);

// Rows of relation_locks.sql, and of the other two, which have no locktype.
LockReading locks_from(int rows, const Cell& cell, bool has_locktype);
// Rows of backends_locks.sql.
BackendLocks backend_locks_from(int rows, const Cell& cell);
// Rows of relation_locks_named.sql.
NamedLockReading named_locks_from(int rows, const Cell& cell);
// Rows of own_locks.sql.
NamedLockReading own_locks_from(int rows, const Cell& cell);

}  // namespace rehearse::pg
