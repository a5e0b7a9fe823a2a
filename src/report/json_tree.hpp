#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <functional>
#include <string>

namespace rehearse::report {

// Takes the next statement of the report's migration of this index.
using TakeStatement = std::function<void(std::size_t migration, const nlohmann::json& statement)>;

// The tree of a report's text. Each statement is handed on as soon as it is parsed, and its list in
// the tree stays empty: of a million of them the tree would be ten times as large as the text.
// Throws Error(usage) for what is no JSON, is nested deeper than any report, or has a name twice in
// one object, of which nobody could say which one counts.
nlohmann::json parse_tree(const std::string& text, const TakeStatement& take);

}  // namespace rehearse::report
