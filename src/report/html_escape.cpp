#include "report/html_escape.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/report/layout.hpp"

#include <algorithm>
#include <limits>

namespace rehearse::report {

namespace {

std::string escaped(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            case '\'':
                result += "&#39;";
                break;
            default:
                result += c;
        }
    }
    return result;
}

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

bool stands_in_a_path(char c) {
    constexpr std::string_view kSigns = "/._-~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kSigns.find(c) != std::string_view::npos;
}

}  // namespace

std::string html(std::string_view text) {
    return escaped(one_line(printable(text), std::numeric_limits<std::size_t>::max() - 8));
}

std::string html_lines(std::string_view text) {
    std::string result;
    for (const auto& line : split_lines(text)) {
        if (!result.empty()) result += '\n';
        result += escaped(printable(with_spaces_for_tabs(line)));
    }
    return result;
}

std::string html_path(std::string_view path) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    // Two slashes at the beginning would name a host.
    const auto slashes = std::min(path.find_first_not_of('/'), path.size());
    if (slashes > 1) path.remove_prefix(slashes - 1);
    std::string result;
    for (const char c : path) {
        if (stands_in_a_path(c)) {
            result += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            result.append({'%', kHex[byte / 16], kHex[byte % 16]});
        }
    }
    return result;
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
