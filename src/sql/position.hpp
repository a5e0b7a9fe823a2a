#pragma once

#include "rehearse/sql/statement.hpp"

#include "lexer.hpp"

#include <string>
#include <string_view>

namespace rehearse::sql {

// Where `position` is once `passed` was read.
Position advanced(Position position, std::string_view passed);

// "dollar quote $fn$", "block comment", of a token that does not end.
std::string construct_name(const Token& token);

}  // namespace rehearse::sql
