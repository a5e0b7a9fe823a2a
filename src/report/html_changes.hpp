#pragma once

#include "rehearse/report/report.hpp"

#include <string>

namespace rehearse::report {

// The columns, constraints and relations that a migration changed, and the rows. Empty where there
// are none.
std::string html_changes(const MigrationPart& migration);

}  // namespace rehearse::report
