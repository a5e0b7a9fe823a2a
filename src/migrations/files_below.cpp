#include "files_below.hpp"

#include "rehearse/base/error.hpp"

#include <algorithm>
#include <system_error>

namespace rehearse::migrations {

namespace {

// `within`: the folders that lead here, as they really are.
void collect(const fs::path& root, const fs::path& folder, std::vector<fs::path>& within,
             std::vector<std::string>& files) {
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    if (std::find(within.begin(), within.end(), real) != within.end()) {
        throw Error(ErrorKind::migrations,
                    folder.string() + " is a link to a folder that it is in: it has no end",
                    {"Remove the link."});
    }
    within.push_back(real);
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.path().filename().string().starts_with('.')) continue;
        std::error_code ignored;
        if (entry.is_directory(ignored)) {
            collect(root, entry.path(), within, files);
        } else {
            files.push_back(entry.path().lexically_relative(root).string());
        }
    }
    within.pop_back();
    if (!error) return;
    throw Error(ErrorKind::migrations,
                "cannot read the folder " + folder.string() + ": " + error.message(),
                {"Make it readable for the user that runs rehearse."});
}

}  // namespace

std::vector<std::string> files_below(const fs::path& folder) {
    std::vector<std::string> files;
    std::vector<fs::path> within;
    collect(folder, folder, within, files);
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace rehearse::migrations
