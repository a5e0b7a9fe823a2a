#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/process/process.hpp"

#include <string>
#include <vector>

namespace rehearse::test {

// A real git in one folder, whatever the machine's own settings are.
class Git {
  public:
    explicit Git(fs::path folder) : folder_{std::move(folder)} {}

    // What it printed, without the line feed; the test fails where git does.
    std::string run(std::vector<std::string> args) const;
    // Everything that lies there; returns the commit's name.
    std::string commit(const std::string& message) const;

  private:
    fs::path folder_;
};

}  // namespace rehearse::test
