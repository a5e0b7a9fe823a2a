#pragma once

#include <string>
#include <string_view>
#include <vector>

// Markdown that shows text as it is, whatever is in it. Names, SQL and messages come from migration
// files and from the server: none of it may open a tag, end a table cell, mention a person or link
// anywhere (GitHub Flavored Markdown; GitLab reads it the same way).
namespace rehearse::report {

// Running text, on one line.
std::string prose(std::string_view text);
// A code span, on one line; may stand in a table cell.
std::string code(std::string_view text);
// A fenced block.
std::string code_block(const std::vector<std::string>& lines, std::string_view language);

}  // namespace rehearse::report
