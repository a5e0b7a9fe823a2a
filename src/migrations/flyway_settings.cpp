#include "flyway_settings.hpp"

#include "rehearse/base/text.hpp"

#include "settings_file.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace rehearse::migrations {

namespace {

// The same key is spelled outOfOrder, out-of-order and OUT_OF_ORDER.
std::string plain_key(std::string_view key) {
    std::string plain;
    for (const char c : lower_cased(key)) {
        if (c != '-' && c != '_') plain += c;
    }
    return plain;
}

using Settings = std::map<std::string, std::string>;

void take(Settings& all, const Settings& read, std::string_view prefix) {
    for (const auto& [key, value] : read) {
        if (!starts_with_ignoring_case(key, prefix)) continue;
        all[plain_key(std::string_view(key).substr(prefix.size()))] = value;
    }
}

Settings all_settings(const fs::path& folder) {
    Settings all;
    for (const char* name : {"application.properties", "flyway.conf", "flyway.toml"}) {
        const auto file = find_settings(folder, name);
        if (!file) continue;
        const Settings read = read_settings(*file);
        take(all, read, "spring.flyway.");
        take(all, read, "flyway.");
    }
    constexpr std::array<const char*, 13> kVariables{"SQL_MIGRATION_PREFIX",
                                                     "REPEATABLE_SQL_MIGRATION_PREFIX",
                                                     "SQL_MIGRATION_SEPARATOR",
                                                     "TABLE",
                                                     "DEFAULT_SCHEMA",
                                                     "OUT_OF_ORDER",
                                                     "MIXED",
                                                     "PLACEHOLDER_REPLACEMENT",
                                                     "BASELINE_ON_MIGRATE",
                                                     "BASELINE_VERSION",
                                                     "IGNORE_MIGRATION_PATTERNS",
                                                     "VALIDATE_ON_MIGRATE",
                                                     "SCHEMAS"};
    for (const char* name : kVariables) {
        if (const char* value = std::getenv((std::string("FLYWAY_") + name).c_str()))
            all[plain_key(name)] = value;
    }
    return all;
}

bool has_pattern(std::string patterns, std::string_view state) {
    std::erase_if(patterns, [](char c) { return c == '"' || c == '[' || c == ']' || c == ' '; });
    const auto all = split(patterns, ',');
    return std::any_of(all.begin(), all.end(), [&](const std::string& pattern) {
        return lower_cased(pattern).ends_with(":" + std::string(state)) || pattern == "*:*";
    });
}

}  // namespace

FlywaySettings read_flyway_settings(const fs::path& folder) {
    const Settings all = all_settings(folder);
    FlywaySettings settings;
    const auto text = [&](const char* key, std::string& value) {
        if (const auto found = all.find(key); found != all.end()) value = found->second;
    };
    const auto flag = [&](const char* key, bool& value) {
        if (const auto found = all.find(key); found != all.end()) value = is_true(found->second);
    };
    text("sqlmigrationprefix", settings.versioned_prefix);
    text("repeatablesqlmigrationprefix", settings.repeatable_prefix);
    text("sqlmigrationseparator", settings.separator);
    text("table", settings.table);
    text("defaultschema", settings.default_schema);
    text("baselineversion", settings.baseline_version);
    flag("outoforder", settings.out_of_order);
    flag("mixed", settings.mixed);
    flag("placeholderreplacement", settings.replaces_placeholders);
    flag("baselineonmigrate", settings.baselines);
    flag("validateonmigrate", settings.validates);
    flag("ignoremissingmigrations", settings.ignores_missing);
    flag("ignoreignoredmigrations", settings.ignores_ignored);
    std::string patterns;
    text("ignoremigrationpatterns", patterns);
    settings.ignores_missing |= has_pattern(patterns, "missing");
    settings.ignores_ignored |= has_pattern(patterns, "ignored");
    constexpr std::string_view kPlaceholders = "placeholders.";
    for (const auto& [key, value] : all) {
        if (key.starts_with(kPlaceholders))
            settings.placeholders[key.substr(kPlaceholders.size())] = value;
    }
    return settings;
}

ValueOf FlywaySettings::values(const std::map<std::string, std::string>& given) const {
    std::map<std::string, std::string> all = placeholders;
    for (const auto& [name, value] : given) all[plain_key(name)] = value;
    return [all = std::move(all)](std::string_view name) -> std::optional<std::string> {
        const auto found = all.find(plain_key(name));
        if (found == all.end()) return std::nullopt;
        return found->second;
    };
}

}  // namespace rehearse::migrations
