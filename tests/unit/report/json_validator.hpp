#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace rehearse::report {

inline constexpr const char* kNoValidator =
    "no JSON Schema validator: apt install python3-jsonschema";

// By Python's jsonschema: for each document "ok" or where it is wrong. nullopt where there is no
// such validator.
std::optional<std::vector<std::string>> validated(
    const nlohmann::ordered_json& schema, const std::vector<nlohmann::ordered_json>& documents);

}  // namespace rehearse::report
