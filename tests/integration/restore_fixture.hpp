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

// One engine for the whole program, with a volume that is fresh from initdb: tests start on clones
// of it.
class FreshVolume {
  public:
    // One for each engine case, made at its first use.
    static FreshVolume& of(const scratch::test::EngineCase& engine);
    ~FreshVolume();

    scratch::Engine& engine() { return *engine_; }
    scratch::DataVolume clone() { return engine_->clone_volume(volume_); }

  private:
    explicit FreshVolume(const scratch::test::EngineCase& engine);

    SilentProgress progress_;
    std::unique_ptr<process::ProcessRunner> runner_ = process::make_process_runner();
    TempDir temp_;
    std::optional<scratch::test::ScratchRun> run_;
    std::unique_ptr<scratch::Engine> engine_;
    scratch::DataVolume volume_;
};

// A scratch server of its own for each test, on the engine of the case.
class RestoreTest : public testing::Test {
  protected:
    // Skip, or fail in CI, where PostgreSQL or the engine is not there.
    void require_production();
    void set_up(const scratch::test::EngineCase& engine);
    void SetUp() override { set_up(kLocal); }
    void TearDown() override { end_scratch(); }

    snapshot::Snapshot read(const fs::path& path);
    RestoreResult restore(const snapshot::Snapshot& snapshot, int jobs = 2);
    // The Error that restoring throws.
    Error failure(const snapshot::Snapshot& snapshot);
    // Ends the server and removes its volume, as the app does when a run is over.
    void end_scratch();

    scratch::Engine& engine() { return fresh_->engine(); }
    scratch::ScratchServer& server() { return *server_; }
    const scratch::DataVolume& volume() const { return volume_; }
    // The first column of the first row.
    std::string value_of(const std::string& database, const std::string& query);
    // pg_dump --create of the restored database, comparable with Production::as_text().
    std::string as_text(const std::string& database);
    // Roles and databases that only a restore makes.
    std::string what_a_restore_makes();

    inline static const scratch::test::EngineCase kLocal{"local", scratch::EngineKind::local, 0,
                                                         ""};

    WatchedProgress progress_;

  private:
    FreshVolume* fresh_ = nullptr;
    scratch::DataVolume volume_;
    std::unique_ptr<scratch::ScratchServer> server_;
};

}  // namespace rehearse::restore::test
