#pragma once

#include "rehearse/base/files.hpp"

#include <string>
#include <string_view>

namespace rehearse::app {

// "20261122-194456-3fa1": UTC and four hexadecimal digits.
bool is_run_id(std::string_view name);

// One run's name and its private folder (socket, local data directory, server log). The folder and
// its lock live as long as the object; a sweep takes a folder of this name whose lock is free as
// left by a killed run.
class RunFolder {
  public:
    RunFolder();

    const std::string& id() const { return id_; }
    const fs::path& path() const { return folder_.path(); }
    // Leaves the folder for a scratch that keeps running.
    void keep() { folder_.keep(); }

  private:
    std::string id_;
    TempDir folder_;
    FileLock lock_;
};

}  // namespace rehearse::app
