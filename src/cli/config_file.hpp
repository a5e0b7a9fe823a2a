#pragma once

#include <CLI/CLI.hpp>

#include <filesystem>
#include <optional>

namespace rehearse::cli {

// rehearse.toml in this folder or the nearest one above it.
std::optional<std::filesystem::path> find_config_file(std::filesystem::path folder);

// CLI11's TOML reader with two additions: a path in the file counts from the file's folder, and a
// key that is no option is an error that names the nearest one.
class ConfigReader final : public CLI::ConfigTOML {
  public:
    ConfigReader(std::filesystem::path file, const CLI::App& app);
    std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;

  private:
    // Relative where it is so in the file.
    std::filesystem::path seen_from_here(const std::filesystem::path& path) const;

    std::filesystem::path file_;
    const CLI::App& app_;
};

// Long names of the options of an app, with their dashes.
std::vector<std::string> option_names(const CLI::App& app);

}  // namespace rehearse::cli
