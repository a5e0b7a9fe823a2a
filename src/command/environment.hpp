#pragma once

#include "rehearse/pg/types.hpp"
#include "rehearse/process/process.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rehearse::command {

// Names among "NAME=value" lines of an environment whose variables could lead the command to
// another database: PG..., DATABASE_URL and its like, and whatever holds a PostgreSQL address.
std::vector<std::string> names_of_addresses(const std::vector<std::string>& environment);
// Our own environment, as such lines.
std::vector<std::string> own_environment();

// The variables that lead to `where` (a host and a port with a password), by the names that tools
// know: libpq's, DATABASE_URL, Flyway's and Liquibase's.
std::map<std::string, std::string> address_variables(const pg::ConnInfo& where);

}  // namespace rehearse::command
