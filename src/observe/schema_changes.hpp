#pragma once

#include "rehearse/observe/observation.hpp"
#include "rehearse/pg/relation_facts.hpp"

#include <vector>

namespace rehearse::observe {

// Between two looks at the same relations, with no transaction open; one that is missing from a map
// did not exist then. In the order of relation and column, without the statements: attribute() puts
// those in.
std::vector<SchemaChange> changes_between(const pg::ShapeMap& before, const pg::ShapeMap& after);

}  // namespace rehearse::observe
