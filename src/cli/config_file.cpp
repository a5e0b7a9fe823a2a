#include "cli/config_file.hpp"

#include "rehearse/app/snapshots.hpp"
#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include <algorithm>
#include <array>

namespace rehearse::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 4> kPathOptions{"snapshots", "migrations", "out", "state"};

bool is_path_option(const std::string& name) {
    return std::find(kPathOptions.begin(), kPathOptions.end(), name) != kPathOptions.end();
}

}  // namespace

std::optional<fs::path> find_config_file(fs::path folder) {
    while (true) {
        std::error_code unreadable;
        if (fs::is_regular_file(folder / "rehearse.toml", unreadable))
            return folder / "rehearse.toml";
        if (!folder.has_relative_path()) return std::nullopt;
        folder = folder.parent_path();
    }
}

std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* option : app.get_options()) {
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

ConfigReader::ConfigReader(fs::path file, const CLI::App& app)
    : file_(std::move(file)), app_(app) {}

// A report names migrations as the option gave them, and a relative name is what their host knows
// them by.
fs::path ConfigReader::seen_from_here(const fs::path& path) const {
    if (path.is_absolute()) return path.lexically_normal();
    return (file_.parent_path() / path).lexically_proximate(fs::current_path());
}

std::vector<CLI::ConfigItem> ConfigReader::from_config(std::istream& input) const {
    auto entries = CLI::ConfigTOML::from_config(input);
    const auto known = option_names(app_);
    for (auto& item : entries) {
        if (item.name == "++" || item.name == "--") continue;  // CLI11's marks around a section
        const std::string key = item.fullname();
        if (std::find(known.begin(), known.end(), "--" + key) == known.end()) {
            Error error(ErrorKind::usage,
                        file_.string() + " sets '" + key + "', which is no option");
            if (const auto near = nearest("--" + key, known)) {
                error.with_hint("Did you mean '" + near->substr(2) + "'?");
            } else {
                error.with_hint(
                    "Its keys are the long options without dashes: see 'rehearse --help'.");
            }
            throw error;
        }
        if (is_path_option(item.name)) {
            for (auto& path : item.inputs) {
                if (item.name == "snapshots" && snapshot::is_remote(path)) continue;
                path = seen_from_here(path).string();
            }
        }
    }
    return entries;
}

}  // namespace rehearse::cli
