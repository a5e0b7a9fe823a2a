#pragma once

#include "rehearse/observe/session_settings.hpp"
#include "rehearse/replay/recorder.hpp"

#include "history.hpp"
#include "logged_statement.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::command {

// Where one statement of a migration stands on the clock of the whole command: the sum of all
// migrations' statements and commits.
struct Step {
    std::size_t migration = 0;  // index
    std::size_t ordinal = 0;    // in it
    int pid = 0;
    std::string virtualtransaction;
    WallClock::time_point began;
    Millis started{};
    Millis elapsed{};
    bool takes_weak_locks_only = false;
    std::vector<pg::RelationName> relations;  // that its text names, unless it is weak
};

// Where a transaction ended on that clock. A statement outside of a block ends its own.
struct TransactionEnd {
    Millis at{};
    bool rolled_back = false;
};

struct FailedStep {
    std::size_t ordinal = 0;  // 0: a statement of the tool's own
    sql::Position position;
    pg::ServerError error;
    bool was_cut_off = false;
};

// What the command did up to one row of the tool's history, or after the last one.
struct TranscribedMigration {
    std::optional<HistoryWrite> written;
    std::string written_in;  // the transaction
    replay::Recorder recorder;
    Millis began{};  // on the command's clock
    Millis elapsed{};
    std::size_t statements = 0;
    bool did_more_than_read = false;
    bool was_in_block = false;         // a statement ran inside BEGIN
    bool had_several = false;          // one Query of several statements
    std::optional<FailedStep> failed;  // the last error, which the tool may have expected
};

struct CommandTranscript {
    std::vector<TranscribedMigration> migrations;
    std::vector<Step> steps;                             // in the order of their ends
    std::map<std::string, TransactionEnd> transactions;  // of those that were blocks
};

// Tells the migrations of a command apart, statement by statement as they end. What the tool does
// for itself is left out of them.
class TranscriptWriter {
  public:
    // `write_line` gets the text that the statements' positions count in: a file of all of them.
    using WriteText = std::function<void(const std::string&)>;

    TranscriptWriter(HistoryTables tables, observe::SessionSettings settings, WriteText write_text);

    void add(const LoggedStatement& statement);
    // Statements of any kind so far.
    std::size_t statements() const { return seen_; }
    CommandTranscript take();

  private:
    struct Part;
    TranscribedMigration& current();
    void begin_block(const LoggedStatement& statement);
    void end_block(const LoggedStatement& statement, bool rolled_back);
    void add_work(const LoggedStatement& statement, const Part& part);
    sql::Position write(const std::string& text);
    void note_setting(int pid, const sql::Classification& classification);

    HistoryTables tables_;
    observe::SessionSettings settings_at_start_;
    WriteText write_text_;
    CommandTranscript transcript_;
    std::map<int, observe::SessionSettings> settings_;  // by pid
    struct Block {
        std::string virtualtransaction;
        std::optional<std::size_t> last_migration;  // that a statement of it was of; index
    };
    std::map<int, Block> blocks_;  // open ones by pid
    Millis clock_{};
    int line_ = 1;
    bool is_written_ = false;  // the current one: its history row is there
    std::size_t seen_ = 0;
};

}  // namespace rehearse::command
