#pragma once

#include "rehearse/sql/statement.hpp"

#include <cstddef>
#include <string_view>

namespace rehearse::replay {

// Where in the file a character of a statement stands. `text` begins at `start`; `character` counts
// from 1, as the server counts it in an error (PG_DIAG_STATEMENT_POSITION).
sql::Position position_in(const sql::Position& start, std::string_view text, std::size_t character);

}  // namespace rehearse::replay
