#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rehearse::migrations {

// "1_10", "1.10", "01.10.0" -> "1.10": two versions are the same when these are, and Numbering
// orders them. nullopt where it is no version (MigrationVersion.java: numbers between dots, "_"
// counts as one, a missing part is 0).
std::optional<std::string> flyway_version(std::string_view text);

}  // namespace rehearse::migrations
