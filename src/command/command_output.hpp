#pragma once

#include "rehearse/base/redactor.hpp"

#include <deque>
#include <filesystem>
#include <fstream>
#include <string>

namespace rehearse::command {

// What the command prints, both streams as they come: kept in a private file, without the password
// and without what looks like one.
class CommandOutput {
  public:
    // Throws Error(usage) when the file cannot be made.
    CommandOutput(const std::filesystem::path& file, const std::string& password);

    void add(const std::string& line);
    // The last lines, oldest first.
    std::string tail() const;

  private:
    Redactor redactor_;
    std::ofstream file_;
    std::deque<std::string> last_;
};

}  // namespace rehearse::command
