#pragma once

#include "rehearse/base/files.hpp"

#include <optional>
#include <random>
#include <string>

namespace rehearse::snapshot {

// A private folder for the little that is looked at of a remote place; it goes with the object. A
// killed run's is swept by its lock, as its other folders are.
class LookedAt {
  public:
    LookedAt()
        : folder_(default_temp_folder(),
                  "rehearse-looked-at-" + std::to_string(std::random_device{}())),
          lock_(FileLock::try_lock(folder_.path() / "lock")) {}

    const fs::path& path() const { return folder_.path(); }

  private:
    TempDir folder_;
    std::optional<FileLock> lock_;
};

}  // namespace rehearse::snapshot
