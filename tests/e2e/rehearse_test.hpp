#pragma once

#include "rehearse/base/files.hpp"

#include "support/dumps.hpp"
#include "support/run_rehearse.hpp"
#include "support/skip.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <deque>
#include <set>
#include <string>
#include <vector>

namespace rehearse::test {

using Args = std::vector<std::string>;

Args operator+(Args left, const Args& right);

// The options that choose the engine of this test program (REHEARSE_E2E_ENGINE: local or docker)
// for a snapshot of this PostgreSQL major version.
Args engine_under_test(int major = dumps_major());

// The binary as a user sees it. After each test nothing may be left anywhere, and stderr may hold
// progress and what the test asked for, and nothing else.
class RehearseTest : public ::testing::Test {
  protected:
    void SetUp() override;
    void TearDown() override;

    Outcome& run_rehearse(const Args& args, const RunOptions& options = {});
    // `rehearse run` on the engine under test, with the work folder's migrations.
    Outcome& rehearse_on(const fs::path& snapshot, const Args& more = {},
                         const RunOptions& options = {});

    // Every line of stderr that is no progress holds one of the texts, and each text is found.
    void expect_stderr_only(const Outcome& outcome, const std::vector<std::string>& texts);

    // A file of the work folder's migrations.
    fs::path migration(const std::string& name, const std::string& sql) const;
    // An own copy of one of dumps() in the sandbox's folder `snapshots`.
    fs::path snapshot(const std::string& dump, const std::string& name = "") const;

    // Waits until a backend of this sandbox's scratch is busy with a command ("SELECT", "COPY").
    pid_t backend_that_runs(const std::string& command_tag) const;

    Sandbox sandbox_;

  private:
    std::deque<Outcome> outcomes_;  // run_rehearse() hands out references: they must stay
    std::set<const Outcome*> asked_;
};

// What report.json says, one element a migration.
std::vector<std::string> labels_of(const nlohmann::json& report);
std::vector<std::string> versions_of(const nlohmann::json& report);

}  // namespace rehearse::test
