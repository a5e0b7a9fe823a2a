#pragma once

#include "rehearse/base/files.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace rehearse::migrations {

// A tool's own configuration: "section.key" or "key" -> value. Reads what the tools' properties,
// INI and TOML files have in common: a line "key = value" or "key: value", "[section]" lines,
// comments that begin with "#", "!" or ";". Of a quoted value the quotes go. Lists and nested
// tables stay as they stand. Empty where the file is not there or cannot be read.
std::map<std::string, std::string> read_settings(const fs::path& file);

// The nearest of these files: in the folder, in its parents up to the fourth, each also in "conf".
std::optional<fs::path> find_settings(const fs::path& folder, std::string_view name);

// "true", "on", "yes", "1" in any case.
bool is_true(std::string_view value);

}  // namespace rehearse::migrations
