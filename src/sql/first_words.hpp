#pragma once

#include "rehearse/sql/statement.hpp"

#include <string_view>

namespace rehearse::sql {

// What the first words tell of a statement that has no parse tree: newer than the grammar, wrong,
// or too long.
Classification classified_by_first_words(std::string_view text);

}  // namespace rehearse::sql
