#pragma once

#include "rehearse/plan/plan.hpp"
#include "rehearse/replay/replay.hpp"

#include "support/local_postgres.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::test {

// The test program's server, seen as a scratch.
class LocalScratch final : public scratch::ScratchServer {
  public:
    explicit LocalScratch(LocalPostgres& server) : server_{server}, address_{server.address()} {}

    const pg::ConnInfo& address() const override { return address_; }
    std::string log_tail(std::size_t) override { return server_.log_tail(); }
    bool is_running() override { return true; }
    void require_password() override {}
    void stop() override {}
    scratch::KeptScratch keep(const std::string&) override { return {}; }

  private:
    LocalPostgres& server_;
    pg::ConnInfo address_;
};

// Notes what it is told.
class NotingListener final : public replay::ReplayListener {
  public:
    void migration_begins(std::size_t index, std::size_t count,
                          const migrations::Migration& migration) override;
    void statement_begins(std::size_t ordinal, std::uint64_t of, const std::string& sql) override;
    void statement_running(const observe::LiveStatus& status) override;
    void migration_ended(std::size_t index, const migrations::Migration& migration,
                         const observe::MigrationObservation& observation) override;

    std::vector<std::string> told;
    std::function<void(const std::string& sql)> on_statement;
    std::mutex mutex;  // guards running
    std::vector<std::string> running;
};

// Migrations as files in a folder of the test's own.
class ReplayTest : public PostgresTest {
  protected:
    using Mode = migrations::TransactionMode;

    void SetUp() override;

    migrations::Migration add_migration(const std::string& text, Mode mode = Mode::autocommit);
    // Replays what was added.
    replay::Observations replay_all(const replay::ReplayOptions& options = {});
    // One file alone; the folder is empty again afterwards.
    observe::MigrationObservation replay_file(const std::string& text, Mode mode = Mode::autocommit,
                                              const replay::ReplayOptions& options = {});

    // One text against a database that need not be the test's own.
    observe::MigrationObservation replay_on(const std::string& database, const std::string& text,
                                            Mode mode, const replay::ReplayOptions& options = {});
    // Empties the database and makes the schema that both sides of a comparison begin with.
    void reset(const std::string& database, const std::string& schema) const;
    // pg_dump of everything in it.
    std::string dump(const std::string& database) const;

    NotingListener listener_;
    std::vector<migrations::Migration> migrations_;

  private:
    std::optional<TempDir> folder_;
    int files_ = 0;
};

// Sqlstate of the failure; empty without one.
std::string failure_of(const observe::MigrationObservation& observation);

}  // namespace rehearse::test
