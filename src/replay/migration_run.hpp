#pragma once

#include "rehearse/observe/observation.hpp"
#include "rehearse/replay/recorder.hpp"
#include "rehearse/replay/replay.hpp"
#include "rehearse/sql/script.hpp"

#include "settings_in_force.hpp"
#include "shared_transaction.hpp"
#include "stage.hpp"
#include "undone_statements.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rehearse::replay {

// One statement on its way to the server.
struct Cue {
    const std::string& sql;        // what is sent
    const sql::Position position;  // of its first character in the file
    const sql::Classification& classification;
    // The data behind COPY ... FROM STDIN; empty for every other statement.
    std::function<std::size_t(std::span<char>)> copy_data;
    // The server takes it apart: a timeout counts for each part, and none of them is seen.
    bool has_parts = false;
    std::string included_file = {};  // that it stands in; empty: the migration's own
};

// Performs the statements of one migration: times them, has them watched, and records them. How the
// file becomes statements and transactions is not known here.
class MigrationRun {
  public:
    MigrationRun(Stage& stage, SettingsInForce& settings, const ReplayOptions& options,
                 ReplayListener& listener, std::uint64_t statements);

    // Each of these returns false when the migration has failed and nothing more is to be run.

    // Inside a transaction that is open already, or a statement that opens or ends one.
    bool send(const Cue& cue);
    // Outside a transaction, in one of its own, as the server does. It is wrapped in BEGIN and
    // COMMIT where it can be and somebody watches.
    bool send_alone(const Cue& cue);
    // After the last of these.
    void no_more_alone() { leave_block(); }
    // BEGIN in an implicit block: the server only takes note of it.
    void adopt_begin(const Cue& cue);
    // COMMIT of ours, timed, for the last statement.
    bool commit();

    // The tool's own BEGIN, and what is not on the clock at all.
    void begin();
    void roll_back();
    // The tool's own writes to its history, in the transaction that is open or each in its own. One
    // that is refused fails the migration and rolls back.
    void write_history(const std::vector<std::string>& statements);
    // The file ended inside a transaction that it began, and no tool complains.
    void ended_in_transaction() { left_open_by_ = opened_by_; }
    // Something that the server would say in the tool's place, for the last statement.
    void add_warning(const std::string& sqlstate, const std::string& message);
    // A failure that is not a statement's own: found before any ran, or after all of them.
    void fail_before_run(const Cue& cue, std::size_t ordinal, const pg::ServerError& error);
    void fail_at_end(const pg::ServerError& error);

    bool has_failed() const { return failure_.has_value(); }
    // As the file would find it.
    pg::TransactionState state() {
        return begun_ahead_ ? pg::TransactionState::idle : stage_.performer().transaction_state();
    }
    bool in_transaction() { return state() == pg::TransactionState::in_transaction; }

    // Of several migrations that run as one: what comes from now on is the next one's.
    MigrationEnd end_migration();

    observe::MigrationObservation take();

  private:
    using Statement = observe::StatementObservation;

    bool send_watched(const Cue& cue, Statement statement);
    bool send_wrapped(const Cue& cue, Statement statement);

    void open_block();
    void leave_block();

    Statement new_statement(const Cue& cue);
    pg::ExecuteResult perform(const Cue& cue, observe::PollFor what);
    pg::ExecuteResult end_transaction(const std::string& how);
    void take_result(const Cue& cue, Statement& statement, pg::ExecuteResult& result);
    static void take_reading(Statement& statement, observe::StatementReading& reading);
    observe::FinishedStatement finished(const Cue& cue, const Statement& statement) const;
    // Returns true when it was folded.
    bool record(Statement statement, bool is_remarkable);
    void transaction_ended(bool keep_weak, observe::Ending ending);
    void count_committed(sql::StatementKind kind);
    // Records the statement as the one that failed, and leaves no transaction open.
    bool fail(const Cue& cue, Statement statement, std::vector<std::string> left_behind = {});
    void set_failure(const Statement& statement, const sql::Position& position,
                     std::vector<std::string> left_behind);

    Stage& stage_;
    SettingsInForce& settings_;
    const ReplayOptions& options_;
    ReplayListener& listener_;
    const std::uint64_t statements_;
    Recorder recorder_;
    std::optional<Millis> last_polled_;  // in the last statement
    std::size_t opened_by_ = 0;          // the statement that began the open transaction
    std::optional<std::size_t> left_open_by_;
    Millis clock_{};
    std::size_t ordinal_ = 0;
    std::size_t in_open_transaction_ = 0;  // statements that its end will commit or roll back
    UndoneStatements undone_;              // should it be rolled back
    std::size_t committed_ = 0;
    std::optional<observe::FailurePoint> failure_;
    // The block around the next change of the schema is open already, and empty: among many small
    // statements the trip for BEGIN is felt, and COMMIT AND CHAIN saves it. now() is then the time
    // of that COMMIT.
    bool begun_ahead_ = false;
};

}  // namespace rehearse::replay
