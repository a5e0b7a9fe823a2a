#pragma once

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
// Of a migration in one transaction with so many before it.
std::string describe_rolled_back(std::size_t migrations);

}  // namespace rehearse::replay
