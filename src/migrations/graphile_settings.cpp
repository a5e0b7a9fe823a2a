#include "graphile_settings.hpp"

#include "rehearse/base/error.hpp"

#include "relaxed_json.hpp"
#include "settings_file.hpp"
#include "texts.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace rehearse::migrations {

namespace {

using nlohmann::json;

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string text_in(const json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

void read_placeholders(GraphileSettings& settings, const json& placeholders) {
    for (const auto& [key, value] : placeholders.items()) {
        if (!key.starts_with(':') || !value.is_string()) continue;
        auto& place = settings.placeholders[key.substr(1)];
        if (value != "!ENV") place = value.get<std::string>();
    }
}

// The name of a placeholder at this colon; empty where none is known by it.
std::string name_at(std::string_view text, std::size_t colon, const GraphileSettings& settings,
                    const std::map<std::string, std::string>& given) {
    std::size_t end = colon + 1;
    while (end < text.size() && is_word(text[end])) ++end;
    std::string name(text.substr(colon + 1, end - colon - 1));
    const bool is_known = name == "DATABASE_NAME" || name == "DATABASE_OWNER" ||
                          settings.placeholders.contains(name) || given.contains(name);
    return is_known ? name : "";
}

}  // namespace

GraphileSettings read_graphile_settings(const fs::path& folder) {
    GraphileSettings settings;
    const auto file = find_settings(folder, ".gmrc");
    if (!file) return settings;
    settings.file = *file;
    const json read = json::parse(as_strict_json(read_migration(*file)), nullptr, false);
    settings.is_readable = read.is_object();
    if (!settings.is_readable) return settings;
    read_placeholders(settings, read.value("placeholders", json::object()));
    const json pg_settings = read.value("pgSettings", json::object());
    for (const auto& [name, value] : pg_settings.items())
        settings.pg_settings.emplace_back(name, text_in(value));
    for (const char* action : {"beforeAllMigrations", "afterAllMigrations"}) {
        const json value = read.value(action, json::array());
        settings.has_actions |= !value.empty();
    }
    return settings;
}

std::string with_graphile_values(std::string_view text, const GraphileSettings& settings,
                                 const std::map<std::string, std::string>& given,
                                 const fs::path& path, int first_line) {
    std::string filled;
    std::size_t taken = 0;
    for (std::size_t at = text.find(':'); at != std::string_view::npos;
         at = text.find(':', at + 1)) {
        const std::string name = name_at(text, at, settings, given);
        if (name.empty()) continue;
        const auto set = given.find(name);
        const auto configured = settings.placeholders.find(name);
        if (set == given.end() &&
            (configured == settings.placeholders.end() || !configured->second)) {
            throw error_at(path, first_line + position_at(text, at).line - 1,
                           "the placeholder :" + name + " has no value",
                           "Give it one with --set " + name + "=VALUE.");
        }
        filled += text.substr(taken, at - taken);
        filled += set != given.end() ? set->second : *configured->second;
        taken = at + 1 + name.size();
    }
    filled += text.substr(taken);
    return filled;
}

}  // namespace rehearse::migrations
