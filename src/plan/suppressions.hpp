#pragma once

#include "rehearse/plan/plan.hpp"

#include <filesystem>

namespace rehearse::plan {

// Finds "-- rehearse: allow <rule-id> because <reason>" in a statement's comments, before it and on
// lines of their own inside it. Throws Error(migrations) when the reason is missing.
void add_suppressions(std::vector<FileSurvey::Allowed>& allowed, const sql::Statement& statement,
                      const std::filesystem::path& path);

}  // namespace rehearse::plan
