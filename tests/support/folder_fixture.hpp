#pragma once

#include "rehearse/base/files.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace rehearse::test {

// A private folder "migrations" in another one, for a test to fill; it goes with the object.
class FilledFolder {
  public:
    FilledFolder();

    fs::path folder() const { return temporary_.path() / "migrations"; }
    fs::path parent() const { return temporary_.path(); }
    // Folders above it are made.
    fs::path write(const fs::path& name, std::string_view content = "SELECT 1;\n") const;
    void write_all(const std::vector<std::string>& names) const;

  private:
    TempDir temporary_;
};

class FolderFixture : public testing::Test, protected FilledFolder {};

}  // namespace rehearse::test
