#pragma once

#include "rehearse/base/files.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace rehearse::migrations {

// The value of a placeholder; nullopt where nobody has given one.
using ValueOf = std::function<std::optional<std::string>(std::string_view name)>;

// Puts values in for ${name}. Throws Error(migrations) naming file, line and placeholder where one
// has no value.
std::string with_values(std::string_view text, const ValueOf& value_of, const fs::path& path);

}  // namespace rehearse::migrations
