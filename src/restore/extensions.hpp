#pragma once

#include "rehearse/pg/admin_session.hpp"

#include <string>
#include <vector>

namespace rehearse::restore {

std::vector<std::string> missing_extensions(const std::vector<std::string>& needed,
                                            const std::vector<pg::AvailableExtension>& available);

// The Debian packages that bring these extensions for a PostgreSQL version; a guess where the
// package is not known.
std::vector<std::string> packages_with(const std::vector<std::string>& extensions, int major);

}  // namespace rehearse::restore
