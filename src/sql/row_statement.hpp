#pragma once

#include "rehearse/sql/statement.hpp"

#include <optional>
#include <string_view>

namespace rehearse::sql {

// What the tokens alone tell of a row statement (INSERT, UPDATE, DELETE, MERGE, SELECT, VALUES,
// TABLE, COPY, with WITH before it) or of transaction control; nullopt for everything else, also
// for SELECT ... INTO, which makes a table.
std::optional<Classification> classified_by_tokens(std::string_view text);

}  // namespace rehearse::sql
