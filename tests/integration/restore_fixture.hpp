#pragma once

#include "rehearse/base/error.hpp"
#include "rehearse/pg/admin_session.hpp"
#include "rehearse/restore/restore.hpp"
#include "rehearse/scratch/engine.hpp"
#include "rehearse/snapshot/snapshot.hpp"

#include "integration/restore_source.hpp"
#include "integration/scratch_run.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rehearse::restore::test {

// Keeps the steps, and lets a test do something in the middle of one.
class WatchedProgress final : public Progress {
  public:
    void begin(const std::string& step) override {
        steps.push_back(step);
        if (on_step) on_step(step);
    }
    void update(std::uint64_t done, std::optional<std::uint64_t> total, Unit unit,
                const std::string&) override {
        EXPECT_LE(done, total.value_or(done)) << steps.back();
        units.push_back(unit);
    }
    void end(const std::string&) override {}
    void note(const std::string&) override {}
    void warn(const std::string&) override {}

    std::vector<std::string> steps;
    std::vector<Unit> units;
    std::function<void(const std::string&)> on_step;
};

// A scratch server of its own for each test, on the engine of the case.
class RestoreTest : public testing::Test {
  protected:
    RestoreTest();

    // Skip, or fail in CI, where PostgreSQL or the engine is not there.
    void require_production();
    void set_up(const scratch::test::EngineCase& engine);
    void SetUp() override { set_up(kLocal); }

    snapshot::Snapshot read(const fs::path& path);
    RestoreResult restore(const snapshot::Snapshot& snapshot, int jobs = 2);
    // The Error that restoring throws.
    Error failure(const snapshot::Snapshot& snapshot);

    scratch::Engine& engine() { return scratch_->engine(); }
    scratch::ScratchServer& server() { return scratch_->server(); }
    // The first column of the first row.
    std::string value_of(const std::string& database, const std::string& query);
    // pg_dump --create of the restored database, comparable with Production::as_text().
    std::string as_text(const std::string& database);
    // Roles and databases that only a restore makes.
    std::string what_a_restore_makes();

    inline static const scratch::test::EngineCase kLocal{"local", scratch::EngineKind::local, 0,
                                                         ""};

    std::unique_ptr<process::ProcessRunner> runner_ = process::make_process_runner();
    TempDir temp_;
    std::optional<scratch::test::ScratchRun> run_;
    std::unique_ptr<scratch::test::RunningScratch> scratch_;
    WatchedProgress progress_;
};

}  // namespace rehearse::restore::test
