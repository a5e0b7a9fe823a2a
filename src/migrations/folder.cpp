#include "folder.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace rehearse::migrations {

namespace {

constexpr std::size_t kHeadBytes = 64 << 10;
constexpr std::size_t kNamesListed = 5;

// "Did you mean db/migrations?" where a folder of a like name stands beside the missing one.
std::vector<std::string> hints_for_missing(const fs::path& path) {
    std::error_code ignored;
    const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(parent, ignored)) {
        if (entry.is_directory(ignored)) names.push_back(entry.path().filename().string());
    }
    std::vector<std::string> hints;
    if (const auto near = nearest(path.filename().string(), names)) {
        hints.push_back("Did you mean " + (path.parent_path() / *near).string() + "?");
    }
    hints.push_back("Give the folder that holds the migration files with --migrations DIR.");
    return hints;
}

void check_is_folder(const fs::path& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) {
        throw Error(ErrorKind::migrations, "no migration folder " + path.string(),
                    hints_for_missing(path));
    }
    if (!fs::is_directory(status)) {
        throw Error(ErrorKind::migrations, path.string() + " is not a folder",
                    {"Give the folder that holds it; --only VERSION picks one migration of it."});
    }
}

}  // namespace

Folder::Folder(const fs::path& path) : path_(path) {
    check_is_folder(path_);
    std::error_code error;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(path_, error)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with('.')) continue;
        (entry.is_directory(ignored) ? subfolders_ : files_).push_back(name);
    }
    if (error) {
        throw Error(ErrorKind::migrations,
                    "cannot read the folder " + path_.string() + ": " + error.message(),
                    {"Make it readable for the user that runs rehearse."});
    }
    if (files_.empty() && subfolders_.empty()) {
        throw Error(ErrorKind::migrations, "the migration folder " + path_.string() + " is empty",
                    {"Give the folder that holds the migration files with --migrations DIR."});
    }
    std::sort(files_.begin(), files_.end());
    std::sort(subfolders_.begin(), subfolders_.end());
}

bool Folder::has_file(const std::string& name) const {
    return std::binary_search(files_.begin(), files_.end(), name);
}

const std::vector<std::string>& Folder::head_lines(const std::string& file) const {
    const auto [place, is_new] = heads_.try_emplace(file);
    if (!is_new) return place->second;
    std::string head(kHeadBytes, '\0');
    std::error_code ignored;
    if (fs::is_regular_file(path_ / file, ignored)) {
        std::ifstream stream(path_ / file, std::ios::binary);
        stream.read(head.data(), static_cast<std::streamsize>(head.size()));
        head.resize(static_cast<std::size_t>(stream.gcount()));
        for (const std::string& line : split_lines(head)) {
            if (!trimmed(line).empty()) place->second.emplace_back(trimmed(line));
        }
    }
    return place->second;
}

std::string Folder::listing() const {
    std::vector<std::string> names = files_;
    for (const std::string& name : subfolders_) names.push_back("folder " + name);
    if (names.size() <= kNamesListed) return join(names, ", ");
    const std::size_t more = names.size() - kNamesListed;
    names.resize(kNamesListed);
    return join(names, ", ") + " and " + std::to_string(more) + " more";
}

fs::path Folder::readable(const std::string& file) const {
    const fs::path path = path_ / file;
    std::error_code error;
    // Asked before it is opened: opening a pipe would wait for its writer.
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) {
        throw Error(ErrorKind::migrations, path.string() + " is a link to nothing",
                    {"Mend the link or remove it."});
    }
    if (!fs::is_regular_file(status)) {
        throw Error(ErrorKind::migrations, path.string() + " is not a regular file",
                    {"Move it out of the migration folder."});
    }
    if (!std::ifstream(path, std::ios::binary)) {
        throw Error(ErrorKind::migrations,
                    "cannot read " + path.string() + ": " + std::strerror(errno),
                    {"Make it readable for the user that runs rehearse."});
    }
    return path;
}

}  // namespace rehearse::migrations
