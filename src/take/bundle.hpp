#pragma once

#include "rehearse/base/files.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rehearse::take {

// Throws Error(usage) for a name that a snapshot may not have.
void check_name(const std::string& name);
// "shop-2026-11-22T031500Z"
std::string name_for(const std::string& database, const std::string& iso_time);

// Removes what killed takes left in a folder where nothing is ever published, and returns what it
// was.
std::vector<fs::path> remove_abandoned_in(const fs::path& folder);

// A bundle while it is written: the private folder NAME.partial, locked, which goes with the object
// unless it was published.
class Bundle {
  public:
    // Throws Error(usage) when the name is taken, or somebody else writes under it. What a killed
    // take left under it is removed.
    Bundle(const fs::path& place, const std::string& name);
    // The first of NAME, NAME-2, NAME-3 that nobody has.
    static Bundle under_free_name(const fs::path& place, const std::string& name);
    Bundle(Bundle&& other) noexcept;
    Bundle& operator=(Bundle&&) = delete;
    ~Bundle();

    const fs::path& path() const { return partial_; }
    std::string name() const { return final_.filename().string(); }
    // On disk and under its own name, which is returned.
    fs::path publish();

  private:
    Bundle() = default;
    // False when the name is taken.
    bool begin(const fs::path& place, const std::string& name);

    fs::path final_;
    fs::path partial_;
    std::optional<FileLock> lock_;
};

}  // namespace rehearse::take
