#include "report/html_escape.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/report/layout.hpp"

#include "report/markup.hpp"

#include <algorithm>
#include <limits>

namespace rehearse::report {

namespace {

std::string with_spaces_for_tabs(std::string_view line) {
    constexpr std::size_t kTab = 4;
    std::string result;
    for (const char c : line) {
        if (c == '\t') {
            result.append(kTab, ' ');
        } else {
            result += c;
        }
    }
    return result;
}

}  // namespace

std::string html(std::string_view text) {
    return with_entities(one_line(printable(text), std::numeric_limits<std::size_t>::max() - 8));
}

std::string html_lines(std::string_view text) {
    std::string result;
    for (const auto& line : split_lines(text)) {
        if (!result.empty()) result += '\n';
        result += with_entities(printable(with_spaces_for_tabs(line)));
    }
    return result;
}

std::string html_path(std::string_view path) {
    // Two slashes at the beginning would name a host.
    const auto slashes = std::min(path.find_first_not_of('/'), path.size());
    if (slashes > 1) path.remove_prefix(slashes - 1);
    return percent_encoded(path);
}

std::string element(std::string_view tag, std::string_view name, const std::string& inner) {
    std::string result{"<"};
    result.append(tag);
    if (!name.empty()) result.append(" class=\"").append(name).append("\"");
    return result.append(">").append(inner).append("</").append(tag).append(">");
}

std::string html_code(std::string_view text) {
    return element("code", "", html(text));
}

}  // namespace rehearse::report
