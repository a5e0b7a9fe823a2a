#pragma once

#include "rehearse/pg/relation_facts.hpp"

#include <functional>
#include <string_view>

namespace rehearse::pg {

// A value of a result as text; nullptr for NULL.
using Cell = std::function<const char*(int row, int column)>;

// The columns of relations_by_oid.sql from `first_column` on. A row without an oid is nobody's.
RelationMap relations_from(int rows, const Cell& cell, int first_column = 0);

}  // namespace rehearse::pg
