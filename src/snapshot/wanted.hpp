#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rehearse::snapshot {

// "latest" is 0, "latest~2" is 2; nullopt for any other text. Throws Error(usage) for "latest~x".
std::optional<std::size_t> steps_back(std::string_view wanted);
// pg_dump's own output while a script writes it, rsync, browsers and `rehearse snapshot take`.
bool has_temporary_name(const std::string& name);

}  // namespace rehearse::snapshot
