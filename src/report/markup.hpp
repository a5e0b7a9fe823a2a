#pragma once

#include <string>
#include <string_view>

// What HTML and XML have in common.
namespace rehearse::report {

// For an element or a quoted attribute.
std::string with_entities(std::string_view text);
// For an attribute or a URI that leads to a file: what is neither unreserved (RFC 3986, 2.3) nor a
// slash is written as its bytes, so that no path is taken for a scheme, a query or a fragment.
std::string percent_encoded(std::string_view path);

}  // namespace rehearse::report
