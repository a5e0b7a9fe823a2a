#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/process/process.hpp"

#include <memory>
#include <string>
#include <vector>

namespace rehearse::test {

// Servers on loopback that end with the object, and a private folder for their files.
class Servers {
  public:
    Servers();

    const fs::path& folder() const { return folder_.path(); }
    // Returns http://127.0.0.1:PORT once the server's log has the port's digits, behind this text.
    // Throws std::runtime_error with the log when they do not come within a minute.
    std::string start(const process::ProcessSpec& spec, const std::string& name,
                      const std::string& before_port);

  private:
    TempDir folder_;
    std::unique_ptr<process::ProcessRunner> runner_;
    std::vector<std::unique_ptr<process::RunningProcess>> running_;
};

// What scripts/install-api-mocks puts in place.
fs::path npm_folder();

}  // namespace rehearse::test
