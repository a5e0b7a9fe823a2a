#pragma once

#include <string>
#include <string_view>

// HTML that shows text as it is, whatever is in it. Names, SQL and messages come from migration
// files and from the server: none of it may open a tag, end an attribute, turn the writing
// direction around or point anywhere.
namespace rehearse::report {

// Text on one line, for an element or a quoted attribute. What is written from right to left stands
// in isolates (Unicode Standard Annex 9): a number beside a Hebrew name stays on its side.
std::string html(std::string_view text);
// The same with its line feeds and the width of its tabs.
std::string html_lines(std::string_view text);
// An attribute that leads to a file: what is no sign of a path is percent-encoded, so that no path
// is taken for a scheme, a query or a fragment.
std::string html_path(std::string_view path);

// <tag class="name">inner</tag>; `inner` is HTML already. Without a name there is no class.
std::string element(std::string_view tag, std::string_view name, const std::string& inner);
// Text that reads from left to right in a place of its own, set in the fixed-width font; to be
// copied as it is, so without isolates.
std::string html_code(std::string_view text);

}  // namespace rehearse::report
