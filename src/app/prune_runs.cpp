#include "app/prune_runs.hpp"

#include "app/run_folder.hpp"

#include <algorithm>

namespace rehearse::app {

namespace {

// Newest first.
std::vector<std::string> reports_in(const fs::path& runs) {
    std::vector<std::string> names;
    std::error_code unreadable;
    for (const auto& entry : fs::directory_iterator(runs, unreadable)) {
        const auto name = entry.path().filename().string();
        if (is_run_id(name) && entry.is_directory(unreadable) && !entry.is_symlink(unreadable) &&
            fs::exists(entry.path() / "report.json", unreadable)) {
            names.push_back(name);
        }
    }
    // A run's name begins with its time.
    std::sort(names.begin(), names.end(), std::greater<>{});
    return names;
}

}  // namespace

std::vector<std::string> prune_runs(const fs::path& runs, std::size_t keep, const std::string& own,
                                    Progress& progress) {
    const auto names = reports_in(runs);
    std::vector<std::string> removed;
    for (std::size_t i = keep; i < names.size(); ++i) {
        // Others may have begun later and ended before it.
        if (names[i] == own) continue;
        if (remove_tree(runs / names[i])) {
            removed.push_back(names[i]);
        } else {
            progress.warn("cannot remove the old run " + (runs / names[i]).string() +
                          ": remove it by hand");
        }
    }
    return removed;
}

}  // namespace rehearse::app
