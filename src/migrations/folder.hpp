#pragma once

#include "rehearse/base/files.hpp"

#include <map>
#include <string>
#include <vector>

namespace rehearse::migrations {

// A migration folder as it lies there, hidden files left out. Not recursive: both tools of ours are
// flat, and the fingerprints of the others need one level at most.
class Folder {
  public:
    // Throws Error(migrations) when the path is missing, no folder, unreadable or empty.
    explicit Folder(const fs::path& path);

    const fs::path& path() const { return path_; }
    const std::vector<std::string>& files() const { return files_; }            // names, sorted
    const std::vector<std::string>& subfolders() const { return subfolders_; }  // names, sorted

    bool has_file(const std::string& name) const;
    // Some file's first 64 kB, lines trimmed, blank ones left out. Read once.
    const std::vector<std::string>& head_lines(const std::string& file) const;

    // "README.md, folder archive and 3 more": for errors.
    std::string listing() const;

    // The path of one file of it. Throws Error(migrations) when it is no regular file or cannot be
    // opened, so that this is told before minutes go into a restore.
    fs::path readable(const std::string& file) const;

  private:
    fs::path path_;
    std::vector<std::string> files_;
    std::vector<std::string> subfolders_;
    mutable std::map<std::string, std::vector<std::string>> heads_;
};

}  // namespace rehearse::migrations
