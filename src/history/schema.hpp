#pragma once

#include "history/database.hpp"

#include <span>
#include <string>
#include <string_view>

namespace rehearse::history {

// The scripts that lead from an empty file to today's tables. PRAGMA user_version counts how many
// of them a file has had; one is added for each change and none is edited.
std::span<const std::string_view> schema_steps();

// Takes the file through the steps that it lacks, all of them or none. Throws Error(usage) for a
// file of a newer rehearse, or of another program; it stays as it is.
void bring_up_to_date(Database& database, std::span<const std::string_view> steps);

}  // namespace rehearse::history
