#pragma once

#include "rehearse/pg/relation_facts.hpp"

#include <functional>
#include <string_view>

namespace rehearse::pg {

// A value of a result as text; nullptr for NULL.
using Cell = std::function<const char*(int row, int column)>;

// Rows of relations_by_oid.sql, and of indexes_by_oid.sql for those among them that are indexes.
RelationMap relations_from(int rows, const Cell& cell);
void add_index_facts(RelationMap& relations, int rows, const Cell& cell);

// Rows of all_relations.sql.
RelationMap all_relations_from(int rows, const Cell& cell);

std::vector<Oid> indexes_among(const RelationMap& relations);

}  // namespace rehearse::pg
