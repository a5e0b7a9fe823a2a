#pragma once

#include "rehearse/base/files.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rehearse::test {

// A private folder that a test fills with files; it goes when the test ends.
class FolderFixture : public testing::Test {
  protected:
    FolderFixture();

    fs::path folder() const { return temporary_.path() / "migrations"; }
    fs::path parent() const { return temporary_.path(); }
    // Folders above it are made.
    fs::path write(const fs::path& name, std::string_view content = "SELECT 1;\n") const;
    void write_all(const std::vector<std::string>& names) const;

  private:
    TempDir temporary_;
};

}  // namespace rehearse::test
