#include "rehearse/report/layout.hpp"

#include "rehearse/base/text.hpp"

#include <algorithm>
#include <cstdint>

namespace rehearse::report {

namespace {

struct Character {
    std::string_view bytes;
    std::uint32_t code = 0;
};

// The next character of valid UTF-8.
Character character_at(std::string_view text) {
    const auto first = static_cast<std::uint8_t>(text[0]);
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    std::uint32_t code = length == 1 ? first : first & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length && i < text.size(); ++i) {
        code = (code << 6U) | (static_cast<std::uint8_t>(text[i]) & 0x3FU);
    }
    return {text.substr(0, length), code};
}

struct Range {
    std::uint32_t first;
    std::uint32_t last;
};

template <std::size_t N>
bool is_in(const Range (&ranges)[N], std::uint32_t code) {
    return std::any_of(std::begin(ranges), std::end(ranges),
                       [&](const auto& r) { return code >= r.first && code <= r.last; });
}

// Unicode Standard Annex 11: the blocks of wide characters, and those that add no cell.
std::size_t cells_of(std::uint32_t code) {
    constexpr Range kNone[] = {{0x300, 0x36F}, {0x200B, 0x200F}, {0xFE00, 0xFE0F}};
    constexpr Range kWide[] = {{0x1100, 0x115F}, {0x2E80, 0xA4CF},   {0xAC00, 0xD7A3},
                               {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
                               {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
    if (is_in(kNone, code)) return 0;
    return is_in(kWide, code) ? 2 : 1;
}

// C0, DEL, C1, the marks that turn the writing direction around, and what is no character.
bool is_control(std::uint32_t code) {
    constexpr Range kControl[] = {
        {0x00, 0x1F}, {0x7F, 0x9F}, {0x202A, 0x202E}, {0x2066, 0x2069}, {0xFFFE, 0xFFFF}};
    return is_in(kControl, code);
}

template <typename Visit>
void for_each_character(std::string_view text, Visit visit) {
    while (!text.empty()) {
        const auto next = character_at(text);
        visit(next);
        text.remove_prefix(next.bytes.size());
    }
}

std::string without_invalid_utf8(std::string_view text) {
    std::string result;
    while (const auto bad = first_invalid_utf8(text)) {
        result.append(text.substr(0, *bad)).append("?");
        text.remove_prefix(*bad + 1);
    }
    return result.append(text);
}

}  // namespace

std::string printable(std::string_view text) {
    const auto valid = without_invalid_utf8(text);
    std::string result;
    for_each_character(valid, [&](const Character& c) {
        if (is_control(c.code)) {
            result += ' ';
        } else {
            result += c.bytes;
        }
    });
    return result;
}

std::size_t cells_of(std::string_view text) {
    std::size_t cells = 0;
    for_each_character(text, [&](const Character& c) { cells += cells_of(c.code); });
    return cells;
}

std::string padded(std::string text, std::size_t cells) {
    const auto used = cells_of(text);
    return used < cells ? text.append(cells - used, ' ') : text;
}

std::string padded_left(std::string text, std::size_t cells) {
    const auto used = cells_of(text);
    return used < cells ? text.insert(0, cells - used, ' ') : text;
}

std::string shortened_in_middle(std::string_view text, std::size_t cells) {
    const auto all = cells_of(text);
    if (all <= cells) return std::string{text};
    if (cells == 0) return {};
    const std::size_t front = cells / 2;
    const std::size_t back = cells - 1 - front;
    std::string begin;
    std::string end;
    std::size_t at = 0;
    for_each_character(text, [&](const Character& c) {
        const auto next = at + cells_of(c.code);
        if (next <= front) begin += c.bytes;
        if (at >= all - back) end += c.bytes;
        at = next;
    });
    return begin + "…" + end;
}

std::string shortened_at_end(std::string_view text, std::size_t cells) {
    if (cells_of(text) <= cells) return std::string{text};
    if (cells == 0) return {};
    std::string begin;
    std::size_t at = 0;
    for_each_character(text, [&](const Character& c) {
        at += cells_of(c.code);
        if (at < cells) begin += c.bytes;
    });
    return begin + "…";
}

namespace {

bool is_unit(const std::string& word) {
    constexpr std::string_view kUnits[] = {"ms", "s",  "min", "h", "d", "B", "kB",  "MB",
                                           "GB", "TB", "k",   "M", "G", "%", "rows"};
    const auto end = word.find_last_not_of(",.;:)");
    const auto bare = std::string_view{word}.substr(0, end == std::string::npos ? 0 : end + 1);
    return std::find(std::begin(kUnits), std::end(kUnits), bare) != std::end(kUnits);
}

// Words that a line break may stand between.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    bool after_number = false;
    for (auto& word : split(text, ' ')) {
        if (word.empty()) continue;
        const bool is_number = word[0] >= '0' && word[0] <= '9';
        const bool belongs = after_number && (is_unit(word) || is_number);
        if (belongs) {
            words.back() += ' ' + word;
        } else {
            words.push_back(word);
        }
        after_number = is_number || (belongs && is_unit(word));
    }
    return words;
}

}  // namespace

std::vector<std::string> wrapped(std::string_view text, std::size_t cells) {
    std::vector<std::string> lines;
    std::string line;
    for (const auto& word : words_of(text)) {
        if (!line.empty() && cells_of(line) + 1 + cells_of(word) > cells) {
            lines.push_back(std::move(line));
            line.clear();
        }
        if (!line.empty()) line += ' ';
        line += word;
    }
    if (!line.empty()) lines.push_back(std::move(line));
    return lines;
}

}  // namespace rehearse::report
