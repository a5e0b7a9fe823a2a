#include "app/copy_text.hpp"

#include "rehearse/base/text.hpp"

#include <algorithm>
#include <array>

namespace rehearse::app {

namespace {

// The character that a backslash and this one stand for.
char unescaped(char c) {
    switch (c) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case 'v':
            return '\v';
        default:
            return c;
    }
}

std::optional<std::string> value_of(std::string_view field) {
    if (field == "\\N") return std::nullopt;
    std::string value;
    for (std::size_t i = 0; i < field.size(); ++i) {
        const bool is_escape = field[i] == '\\' && i + 1 < field.size();
        value += is_escape ? unescaped(field[++i]) : field[i];
    }
    return value;
}

// Takes an identifier, quoted or not, from the front of the text.
std::string take_name(std::string_view& text) {
    std::string name;
    if (!text.starts_with('"')) {
        const std::size_t end = std::min(text.find_first_of(" ,)"), text.size());
        name = text.substr(0, end);
        text.remove_prefix(end);
        return name;
    }
    std::size_t at = 1;
    for (; at < text.size(); ++at) {
        if (text[at] == '"' && !text.substr(at + 1).starts_with('"')) break;
        if (text[at] == '"') ++at;
        name += text[at];
    }
    text.remove_prefix(std::min(at + 1, text.size()));
    return name;
}

}  // namespace

std::vector<std::optional<std::string>> values_of_copy_line(std::string_view line) {
    std::vector<std::optional<std::string>> values;
    for (const std::string& field : split(line, '\t')) values.push_back(value_of(field));
    return values;
}

std::vector<std::pair<std::string, std::string>> columns_of_create_table(
    std::string_view definition) {
    constexpr std::array<std::string_view, 5> kBehindType{" NOT NULL", " DEFAULT ", " COLLATE ",
                                                          " GENERATED ", " CONSTRAINT "};
    std::vector<std::pair<std::string, std::string>> columns;
    for (const std::string& each : split_lines(definition)) {
        if (!each.starts_with("    ")) continue;
        std::string_view line = trimmed(each);
        if (line.ends_with(',')) line.remove_suffix(1);
        if (line.starts_with("CONSTRAINT ")) continue;
        const std::string name = take_name(line);
        std::string_view type = trimmed(line);
        for (const std::string_view end : kBehindType) type = type.substr(0, type.find(end));
        columns.emplace_back(name, type);
    }
    return columns;
}

std::vector<std::string> names_in_parentheses(std::string_view text) {
    std::vector<std::string> names;
    if (!text.starts_with('(')) return names;
    text.remove_prefix(1);
    while (!text.empty() && !text.starts_with(')')) {
        names.push_back(take_name(text));
        while (text.starts_with(',') || text.starts_with(' ')) text.remove_prefix(1);
    }
    return names;
}

}  // namespace rehearse::app
