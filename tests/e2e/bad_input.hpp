#pragma once

#include "e2e/rehearse_test.hpp"

#include <functional>
#include <iosfwd>

namespace rehearse::test {

class BadInputTest;

// One thing that is wrong, the exit code that answers it, and what the message must say: the thing
// by its name, and what to do. Nothing else may be said, and nothing may be left (RehearseTest).
struct BadInput {
    std::string name;
    int exit_code = 0;
    // In stderr, besides "rehearse: error: " and "  hint: ".
    std::vector<std::string> says;
    // Puts what is wrong into the sandbox; returns the arguments.
    std::function<Args(BadInputTest&)> arrange;
};

class BadInputTest : public RehearseTest, public ::testing::WithParamInterface<BadInput> {
  public:
    using RehearseTest::migration;
    using RehearseTest::snapshot;

    RunOptions options;

    fs::path write(const std::string& name, const std::string& content) const;
    fs::path folder(const std::string& name) const;
    const Sandbox& sandbox() const { return sandbox_; }

    // A dump that lacks its last bytes.
    fs::path cut(const std::string& dump, std::uintmax_t lost_bytes) const;
    // A dump in which one text stands for another of the same length.
    fs::path patched(const std::string& dump, const std::string& from, const std::string& to) const;

    // A rehearsal of a good snapshot with the migrations in this folder.
    Args rehearsal_in(const fs::path& migrations) const;
    // A rehearsal of one good migration on this snapshot.
    Args rehearsal_of(const fs::path& snapshot) const;
    // A rehearsal of a good snapshot and this beside a good migration.
    Args rehearsal_with(const std::string& name, const std::string& content) const;
};

void PrintTo(const BadInput& row, std::ostream* out);
std::string name_of(const ::testing::TestParamInfo<BadInput>& row);

}  // namespace rehearse::test
