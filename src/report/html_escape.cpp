#include "report/html_escape.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/report/layout.hpp"

#include "report/markup.hpp"

#include <algorithm>
#include <limits>
#include <utility>

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

// UTF-8 sorts as its characters do.
using Range = std::pair<std::string_view, std::string_view>;

bool is_in(const Range& range, std::string_view character) {
    return character >= range.first && character <= range.second;
}

// The blocks of scripts that are written from right to left, and the mark that acts as one of their
// letters.
bool is_right_to_left(std::string_view character) {
    constexpr Range kBlocks[] = {{"\u0590", "\u08FF"},         {"\u200F", "\u200F"},
                                 {"\uFB1D", "\uFDFF"},         {"\uFE70", "\uFEFC"},
                                 {"\U00010800", "\U00010FFF"}, {"\U0001E800", "\U0001EFFF"}};
    return std::any_of(std::begin(kBlocks), std::end(kBlocks),
                       [&](const Range& block) { return is_in(block, character); });
}

// What may stand between two words of a sentence that is written from right to left.
bool is_neutral(std::string_view character) {
    constexpr Range kPunctuation{"\u2000", "\u206F"};
    if (character.size() > 1) return is_in(kPunctuation, character);
    const char lower = static_cast<char>(character[0] | 0x20);
    return lower < 'a' || lower > 'z';
}

std::string_view character_at(std::string_view text, std::size_t at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    return text.substr(at, lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4);
}

// Of valid UTF-8.
std::string with_isolates(std::string text) {
    constexpr unsigned char kFirstLead = 0xD6;  // of U+0590
    if (std::none_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= kFirstLead; })) {
        return text;
    }
    const std::string_view all{text};
    std::string result;
    std::size_t copied = 0;
    std::size_t from = 0;
    std::size_t to = 0;
    const auto isolate = [&] {
        if (from == to) return;
        result.append(all.substr(copied, from - copied));
        result.append("\u2067").append(all.substr(from, to - from)).append("\u2069");
        copied = from = to;
    };
    std::size_t length = 0;
    for (std::size_t at = 0; at < all.size(); at += length) {
        const auto character = character_at(all, at);
        length = character.size();
        if (is_right_to_left(character)) {
            if (from == to) from = at;
            to = at + length;
        } else if (!is_neutral(character)) {
            isolate();
        }
    }
    isolate();
    return result.append(all.substr(copied));
}

std::string on_one_line(std::string_view text) {
    return one_line(printable(text), std::numeric_limits<std::size_t>::max() - 8);
}

}  // namespace

std::string html(std::string_view text) {
    return with_entities(with_isolates(on_one_line(text)));
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
    return element("code", "", with_entities(on_one_line(text)));
}

}  // namespace rehearse::report
