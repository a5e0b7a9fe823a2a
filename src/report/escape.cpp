#include "report/escape.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/report/layout.hpp"

#include <algorithm>
#include <limits>

namespace rehearse::report {

namespace {

// Stands behind what would become a mention, a reference or a link, and is not seen.
constexpr std::string_view kBreak = "&#8203;";

std::string entity(char c) {
    return "&#" + std::to_string(static_cast<int>(c)) + ";";
}

std::size_t longest_run(std::string_view text, char of) {
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : text) {
        run = c == of ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

std::string on_one_line(std::string_view text) {
    return one_line(printable(text), std::numeric_limits<std::size_t>::max() - 8);
}

}  // namespace

std::string prose(std::string_view text) {
    const auto line = on_one_line(text);
    std::string result;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
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
            // A backslash before a pipe would end the cell after all; `$` begins mathematics.
            case '|':
            case '\\':
            case '$':
                result += entity(c);
                break;
            case '`':
            case '*':
            case '_':
            case '[':
            case ']':
            case '~':
                result.append("\\").append(1, c);
                break;
            case '@':
            case '#':
                result.append(1, c).append(kBreak);
                break;
            case '!':  // GitLab's merge requests
                result.append(1, c);
                if (i + 1 < line.size() && line[i + 1] >= '0' && line[i + 1] <= '9') {
                    result.append(kBreak);
                }
                break;
            case ':':
                result += c;
                if (line.compare(i, 3, "://") == 0) result += kBreak;
                break;
            case '.':
                if (i >= 3 && starts_with_ignoring_case(line.substr(i - 3, 3), "www")) {
                    result += kBreak;
                }
                result += c;
                break;
            default:
                result += c;
        }
    }
    return result;
}

// Backticks where they are safe. A cell splits at pipes before it looks for code, and its own
// escapes depend on the host: then the tag, with every sign that could mean something as an entity.
std::string code(std::string_view text) {
    const auto line = on_one_line(text);
    if (line.empty()) return {};
    if (line.find_first_of("`|\\") == std::string::npos) return "`" + line + "`";
    constexpr std::string_view kMeaningful = "&<>|`*_[]\\@#$~!:";
    std::string result = "<code>";
    for (const char c : line) {
        result += kMeaningful.find(c) == std::string_view::npos ? std::string(1, c) : entity(c);
    }
    return result + "</code>";
}

std::string code_block(const std::vector<std::string>& lines, std::string_view language) {
    std::size_t run = 2;
    for (const auto& line : lines) run = std::max(run, longest_run(line, '`'));
    const std::string fence(run + 1, '`');
    std::string block = fence + std::string{language} + "\n";
    for (const auto& line : lines) block += printable(line) + "\n";
    return block + fence + "\n";
}

}  // namespace rehearse::report
