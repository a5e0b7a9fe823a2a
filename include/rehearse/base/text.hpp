#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse {

std::vector<std::string> split_lines(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
// For a message: "a, b, c, d, e and 12 more".
std::string listed(std::vector<std::string> names);
std::string_view trimmed(std::string_view text);
std::string lower_cased(std::string_view text);  // ASCII only
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);

// At most `max_bytes` bytes plus an ellipsis, never cutting a UTF-8 sequence; white space runs
// become one space.
std::string one_line(std::string_view text, std::size_t max_bytes);
// Like one_line but keeps line feeds.
std::string shortened(std::string_view text, std::size_t max_bytes);

// Byte offset of the first invalid UTF-8 sequence (RFC 3629), nullopt when there is none.
std::optional<std::size_t> first_invalid_utf8(std::string_view text);

// The candidate nearest to `word` by edit distance (transpositions count one), if near enough to be
// a slip.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

// "text" -> "\"text\"" when PostgreSQL would need quotes for this identifier; reserved words are
// quoted too.
std::string quoted_identifier(std::string_view name);
std::string quoted_literal(std::string_view text);
// As a shell needs it to be one word again.
std::string quoted_for_shell(std::string_view word);

}  // namespace rehearse
