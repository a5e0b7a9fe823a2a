#include "texts.hpp"

#include "rehearse/base/text.hpp"

#include <algorithm>
#include <utility>

namespace rehearse::migrations {

std::string read_migration(const fs::path& path) {
    try {
        return read_file(path);
    } catch (const Error& error) {
        throw Error(ErrorKind::migrations, error.message(), error.hints());
    }
}

sql::Position position_at(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    sql::Position position;
    position.offset = offset;
    position.line += static_cast<int>(std::count(before.begin(), before.end(), '\n'));
    const std::size_t line_feed = before.rfind('\n');
    const std::string_view line =
        line_feed == std::string_view::npos ? before : before.substr(line_feed + 1);
    position.column += static_cast<int>(std::count_if(line.begin(), line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
    return position;
}

Text stretch_of(std::string_view text, std::size_t begin, std::size_t end) {
    return {std::string(text.substr(begin, end - begin)), position_at(text, begin)};
}

std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t line_feed = text.find('\n', begin);
        const std::size_t end = line_feed == std::string_view::npos ? text.size() : line_feed + 1;
        std::string_view line = text.substr(begin, end - begin);
        if (line.ends_with('\n')) line.remove_suffix(1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back({line, begin, end, static_cast<int>(lines.size()) + 1});
        begin = end;
    }
    return lines;
}

bool ends_in_semicolon(std::string_view line) {
    constexpr std::string_view kSpace = " \t\r\v\f";
    std::string_view last;
    for (line = trimmed(line); !line.empty(); line = trimmed(line)) {
        const std::string_view word = line.substr(0, line.find_first_of(kSpace));
        if (word.starts_with("--")) break;
        last = word;
        line.remove_prefix(word.size());
    }
    return last.ends_with(';');
}

void TextOfLines::add(const Line& line, std::string_view instead) {
    if (text_.sql.empty()) {
        text_.position = {line.begin, line.number, 1};
        next_line_ = line.number;
    }
    for (; next_line_ < line.number; ++next_line_) text_.sql += '\n';
    text_.sql += instead;
    text_.sql += '\n';
    ++next_line_;
}

void TextOfLines::add_statement(const Line& line, std::string_view instead) {
    if (!has_statement()) statement_line_ = line.number;
    add(line, instead);
}

Text TextOfLines::take() {
    statement_line_ = 0;
    return std::exchange(text_, {});
}

Error error_at(const fs::path& path, int line, const std::string& message,
               const std::string& hint) {
    return {
        ErrorKind::migrations, path.string() + ":" + std::to_string(line) + ": " + message, {hint}};
}

}  // namespace rehearse::migrations
