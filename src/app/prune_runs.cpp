#include "app/prune_runs.hpp"

#include "app/run_folder.hpp"

#include <algorithm>

namespace rehearse::app {

std::vector<std::string> prune_runs(const fs::path& runs, std::size_t keep) {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(runs, none)) {
        const auto name = entry.path().filename().string();
        if (is_run_id(name) && entry.is_directory() && !entry.is_symlink() &&
            fs::exists(entry.path() / "report.json")) {
            names.push_back(name);
        }
    }
    // A run's name begins with its time.
    std::sort(names.begin(), names.end(), std::greater<>{});
    if (names.size() <= keep) return {};
    names.erase(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(keep));
    for (const auto& name : names) fs::remove_all(runs / name);
    return names;
}

}  // namespace rehearse::app
