#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/pg/admin_session.hpp"
#include "rehearse/replay/replay.hpp"

#include "integration/scratch_run.hpp"
#include "support/skip.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace rehearse::test {

// A scratch server of one PostgreSQL version in a container, as a rehearsal has it. There is one of
// each version for the whole program, started at its first use and removed at the program's end.
class TruthServer {
  public:
    // Empty where docker and the image are here.
    static std::string why_not_here(int major);
    static TruthServer& of(int major);

    scratch::ScratchServer& server() { return scratch_->server(); }
    pg::ConnInfo address(const std::string& database);
    // A database with what the script makes. The script runs once; each call copies its result.
    std::string make_database(const std::string& script);
    void drop_database(const std::string& name);

    // The text as the plain folder's tool runs it: statement by statement. `on_running` is called
    // on the sampler's thread while a statement runs.
    observe::MigrationObservation replay(const std::string& database,
                                         const plan::PlannedMigration& planned,
                                         const std::function<void()>& on_running = {});
    // The migration that `replay` takes, as a file of its own.
    plan::PlannedMigration plan_of(const std::string& text);

  private:
    explicit TruthServer(int major);

    SilentProgress progress_;
    std::unique_ptr<process::ProcessRunner> runner_ = process::make_process_runner();
    TempDir temp_;
    std::optional<scratch::test::ScratchRun> run_;
    std::optional<scratch::test::RunningScratch> scratch_;
    std::map<std::string, std::string> templates_;  // by the script that made it
    int databases_ = 0;
    int files_ = 0;
};

// The versions that these tests run on, for testing::ValuesIn.
inline constexpr int kTruthMajors[] = {13, 15, 17, 18};

// A test on one of the servers, with databases that go with it.
class TruthTest : public testing::Test {
  protected:
    // Skips, or fails in CI, where the server cannot be had.
    void use_server(int major);
    void TearDown() override;

    TruthServer& truth() { return *truth_; }
    const std::string& make_database(const std::string& script);
    // Fails the test when the server refuses it.
    void run_sql(const std::string& database, const std::string& sql);

  private:
    TruthServer* truth_ = nullptr;
    std::string database_;
};

// Whether two measurements of the same time agree.
testing::AssertionResult agree(Millis measured, Millis reported, Millis bound, double share);

}  // namespace rehearse::test
