#pragma once

#include "rehearse/base/files.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rehearse::migrations {

// What .gmrc asks of a deploy.
struct GraphileSettings {
    fs::path file;  // empty: there is none
    bool is_readable = true;
    // Name without its colon -> value; nullopt where the environment has it ("!ENV").
    std::map<std::string, std::optional<std::string>> placeholders;
    std::vector<std::pair<std::string, std::string>> pg_settings;  // parameter, value
    bool has_actions = false;  // beforeAllMigrations or afterAllMigrations
};

GraphileSettings read_graphile_settings(const fs::path& folder);

// Puts values in for :NAME, each of `placeholders` and of the two that graphile-migrate knows by
// itself. `given` (--set) goes before the file. Throws Error(migrations) naming file and line where
// one has no value.
std::string with_graphile_values(std::string_view text, const GraphileSettings& settings,
                                 const std::map<std::string, std::string>& given,
                                 const fs::path& path, int first_line);

}  // namespace rehearse::migrations
