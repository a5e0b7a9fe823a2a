#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace rehearse::sql {

// libpg_query's parse tree: of each statement an object whose one key is the node's name in
// PostgreSQL's src/include/nodes/parsenodes.h. Fields that are false, 0 or empty are left out.
struct ParseTree {
    nlohmann::json statements = nlohmann::json::array();  // [{"IndexStmt": {...}}, ...]
    std::string error;                                    // empty: the tree is there
    std::size_t error_position = 0;                       // characters from 1
};

// The tree; empty, and without an error, for a text that is not to be parsed because of its length.
ParseTree parsed(std::string_view text);

// Fields that may be left out.
const nlohmann::json& field(const nlohmann::json& node, const char* name);  // null
std::string text_field(const nlohmann::json& node, const char* name);       // ""
bool flag(const nlohmann::json& node, const char* name);                    // false

// The text of a String node, or "".
std::string string_of(const nlohmann::json& node);

// The DefElem of this name in a list of options, or null.
const nlohmann::json& option(const nlohmann::json& options, std::string_view name);
// As the server's defGetBoolean: an option without a value is true.
bool is_on(const nlohmann::json& option);

// Calls `visit` with each object of the tree, outer ones first. It does not
// recurse: an expression with thousands of operators is as deep as it is long.
void for_each_object(const nlohmann::json& tree,
                     const std::function<void(const nlohmann::json&)>& visit);

}  // namespace rehearse::sql
