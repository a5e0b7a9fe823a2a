#include "settings_file.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "texts.hpp"

#include <algorithm>
#include <system_error>

namespace rehearse::migrations {

namespace {

constexpr int kParentsAsked = 4;

std::string unquoted(std::string_view value) {
    if (value.empty()) return "";
    const char quote = value.front();
    if (quote != '"' && quote != '\'') {
        // A comment behind a bare value.
        if (const std::size_t comment = value.find(" #"); comment != std::string_view::npos)
            value = trimmed(value.substr(0, comment));
        return std::string(value);
    }
    const std::size_t end = value.find(quote, 1);
    return std::string(value.substr(1, end == std::string_view::npos ? end : end - 1));
}

bool is_comment(std::string_view line) {
    return line.empty() || line.front() == '#' || line.front() == ';' || line.front() == '!';
}

}  // namespace

std::map<std::string, std::string> read_settings(const fs::path& file) {
    std::map<std::string, std::string> settings;
    std::string text;
    try {
        text = read_migration(file);
    } catch (const Error&) {
        return settings;
    }
    std::string section;
    for (const Line& each : lines_of(text)) {
        const std::string_view line = trimmed(each.text);
        if (is_comment(line)) continue;
        if (line.front() == '[' && line.back() == ']') {
            section = std::string(trimmed(line.substr(1, line.size() - 2))) + ".";
            continue;
        }
        const std::size_t separator = line.find_first_of("=:");
        if (separator == std::string_view::npos) continue;
        settings[section + std::string(trimmed(line.substr(0, separator)))] =
            unquoted(trimmed(line.substr(separator + 1)));
    }
    return settings;
}

std::optional<fs::path> find_settings(const fs::path& folder, std::string_view name) {
    std::error_code ignored;
    fs::path at = fs::weakly_canonical(folder, ignored);
    for (int i = 0; i <= kParentsAsked; ++i) {
        for (const fs::path& file : {at / name, at / "conf" / name}) {
            if (fs::is_regular_file(file, ignored)) return file;
        }
        if (!at.has_relative_path()) break;
        at = at.parent_path();
    }
    return std::nullopt;
}

bool is_true(std::string_view value) {
    const std::string lower = lower_cased(trimmed(value));
    return lower == "true" || lower == "on" || lower == "yes" || lower == "1";
}

}  // namespace rehearse::migrations
