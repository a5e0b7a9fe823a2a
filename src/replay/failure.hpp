#pragma once

#include "rehearse/migrations/migration.hpp"
#include "rehearse/pg/types.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace rehearse::replay {

// What a failure leaves behind, in words.
std::vector<std::string> describe_invalid_indexes(const std::vector<pg::RelationName>& indexes);
std::string describe_committed(std::size_t statements);
// Of a statement outside of a block that failed.
std::string describe_own_commits();
// The tool's own mark of a migration that did not end; empty when it keeps none.
std::string describe_history(const migrations::Migration& migration);

}  // namespace rehearse::replay
