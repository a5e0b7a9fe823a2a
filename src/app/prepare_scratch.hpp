#pragma once

#include "rehearse/app/rehearsal.hpp"
#include "rehearse/restore/restore.hpp"
#include "rehearse/snapshot/snapshot.hpp"

#include "app/run_folder.hpp"

#include <memory>

namespace rehearse::app {

// A scratch that holds the snapshot and runs with the settings of the replay. Goes with everything
// that it made, whatever ends the run, unless keep() was called.
class PreparedScratch {
  public:
    PreparedScratch(std::unique_ptr<scratch::Engine> engine, const snapshot::Snapshot& snapshot,
                    const RehearsalOptions& options, Progress& progress);
    ~PreparedScratch();
    PreparedScratch(const PreparedScratch&) = delete;
    PreparedScratch& operator=(const PreparedScratch&) = delete;

    scratch::Engine& engine() { return *engine_; }
    scratch::ScratchServer& server() { return *server_; }
    const restore::RestoreResult& restored() const { return restored_; }
    // Where the migrations run: the restored database on the server.
    pg::ConnInfo address() const;
    // Leaves the server running.
    scratch::KeptScratch keep();

  private:
    std::unique_ptr<scratch::Engine> engine_;
    scratch::DataVolume volume_;
    std::unique_ptr<scratch::ScratchServer> server_;
    restore::RestoreResult restored_;
    bool kept_ = false;
};

std::unique_ptr<scratch::Engine> choose_engine(const RehearsalOptions& options,
                                               const RunFolder& run,
                                               const snapshot::Snapshot& snapshot,
                                               process::ProcessRunner& runner, Progress& progress);

}  // namespace rehearse::app
