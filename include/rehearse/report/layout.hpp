#pragma once

#include <string>
#include <string_view>
#include <vector>

// Text in columns. Widths are terminal cells, not bytes.
namespace rehearse::report {

// Control characters (a name or a server's message may hold escape sequences) become spaces,
// invalid UTF-8 becomes '?'.
std::string printable(std::string_view text);

std::size_t cells_of(std::string_view text);

// Fills up with spaces on the right, or on the left.
std::string padded(std::string text, std::size_t cells);
std::string padded_left(std::string text, std::size_t cells);

// At most `cells` wide; what is too much is taken out of the middle, because names differ at their
// ends: "20240102030405_add_…_to_workspaces".
std::string shortened_in_middle(std::string_view text, std::size_t cells);

// At most `cells` wide; what is too much is taken off the end.
std::string shortened_at_end(std::string_view text, std::size_t cells);

// Lines of at most `cells`, broken at spaces but not between a number and its unit ("8 min 20 s");
// a longer word (a path) keeps a line of its own.
std::vector<std::string> wrapped(std::string_view text, std::size_t cells);

}  // namespace rehearse::report
