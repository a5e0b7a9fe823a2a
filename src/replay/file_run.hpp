#pragma once

#include "rehearse/migrations/migration.hpp"

#include "migration_run.hpp"

#include <vector>

namespace rehearse::replay {

// Takes a migration's file through the run, statement by statement, with the transactions that its
// tool would make of it. What fails is told by the run.
class FileRun {
  public:
    // Outside of a transaction: the server is asked to parse what it would parse at once. The
    // migration must outlive it.
    FileRun(const migrations::Migration& migration, Stage& stage);
    FileRun(FileRun&&) noexcept;
    ~FileRun();

    // With one_transaction_for_all the transaction is open already, and stays so.
    void run(MigrationRun& run) const;

  private:
    struct Prepared;
    void run_scripts(MigrationRun& run) const;

    const migrations::Migration& migration_;
    std::vector<Prepared> scripts_;
};

}  // namespace rehearse::replay
