#pragma once

#include "rehearse/base/error.hpp"
#include "rehearse/process/process.hpp"

namespace rehearse::process {

// Who can mend it when this program is missing: the server's own programs belong to the scratch,
// the rest is set-up.
ErrorKind kind_for_missing(const std::string& program);

// The program's path. Throws Error with a hint that names the package when it is not there.
std::filesystem::path required_program(const ProcessSpec& spec);

}  // namespace rehearse::process
