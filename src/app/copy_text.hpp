#pragma once

#include "rehearse/migrations/history_reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rehearse::app {

// One line of COPY's text format (PostgreSQL manual, COPY, "Text Format"): its values, NULL as
// nullopt.
std::vector<std::optional<std::string>> values_of_copy_line(std::string_view line);

// The columns of a CREATE TABLE as pg_dump writes it, one a line: name and type, in their order.
std::vector<std::pair<std::string, std::string>> columns_of_create_table(
    std::string_view definition);

// The names in "(a, "B", c)".
std::vector<std::string> names_in_parentheses(std::string_view text);

}  // namespace rehearse::app
