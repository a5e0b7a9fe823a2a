#pragma once

#include "rehearse/app/rehearsal.hpp"

#include "cli/terminal_progress.hpp"

namespace rehearse::cli {

// The replay as it happens, on stderr: one line a migration, and on a terminal the running
// statement with its time, its strongest lock and how far PostgreSQL says it is.
class LiveReplay final : public replay::ReplayListener {
  public:
    LiveReplay(StatusLine& line, const verdict::Thresholds& thresholds)
        : line_(line), thresholds_(thresholds) {}

    void migration_begins(std::size_t index, std::size_t count,
                          const migrations::Migration& migration) override;
    void statement_begins(std::size_t ordinal, std::uint64_t of, const std::string& sql) override;
    void statement_running(const observe::LiveStatus& status) override;
    void migration_ended(std::size_t index, const migrations::Migration& migration,
                         const observe::MigrationObservation& observation) override;

  private:
    StatusLine& line_;
    const verdict::Thresholds thresholds_;
    std::string place_;      // "[2/5] 0042"
    std::string migration_;  // "[2/5] 0042 add_index"
    // Written between statements, read by the sampler's thread while one runs.
    std::mutex mutex_;
    std::string statement_;  // "3/7 ALTER TABLE ..."
};

}  // namespace rehearse::cli
