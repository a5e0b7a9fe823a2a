#pragma once

#include <string>
#include <string_view>

namespace rehearse::migrations {

// JSON5, as people write configuration files in it, made JSON: comments and trailing commas go,
// bare names and single-quoted strings get double quotes. What is neither stays as it stands.
std::string as_strict_json(std::string_view text);

}  // namespace rehearse::migrations
