#pragma once

#include <string>
#include <string_view>

// The style and the script of the page, as the build has them from the files in html/, and the
// hashes by which its Content-Security-Policy lets in these two and no other: "sha256-...".
namespace rehearse::report {

std::string_view style_sheet();
std::string_view script();
std::string style_hash();
std::string script_hash();

}  // namespace rehearse::report
