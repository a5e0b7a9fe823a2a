#pragma once

#include <map>
#include <string>

namespace rehearse::migrations {

// Of --set, for a tool that runs its files through psql. Throws Error(usage) where psql would not
// take one, or would then not run the files as a rehearsal does (ON_ERROR_STOP, AUTOCOMMIT ...).
void check_psql_variables(const std::map<std::string, std::string>& variables);

}  // namespace rehearse::migrations
