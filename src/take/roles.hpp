#pragma once

#include <string>

namespace rehearse::take {

// What pg_dumpall --roles-only writes without its ALTER ROLE ... SET of parameters with a dot in
// their name: those belong to extensions and applications, which keep secrets there.
std::string without_custom_settings(std::string sql);

}  // namespace rehearse::take
