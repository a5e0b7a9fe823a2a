#pragma once

#include <string>
#include <string_view>

namespace rehearse::plan {

// "\include" of "\include other.sql".
std::string_view meta_command_name(std::string_view line);

// What to write instead of a meta-command that a rehearsal cannot follow.
std::string instead_of_meta_command(std::string_view line);

}  // namespace rehearse::plan
