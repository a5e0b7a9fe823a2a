#pragma once

#include "rehearse/base/time.hpp"
#include "rehearse/pg/lock_reading.hpp"
#include "rehearse/pg/types.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::pg {

struct Notice {
    std::string severity;  // "NOTICE", "WARNING", ...
    SqlState sqlstate;
    std::string message;
};

// The fields of an ErrorResponse (PostgreSQL manual, 55.8).
struct ServerError {
    SqlState sqlstate;
    std::string message;
    std::string detail;  // may hold row values: private report only
    std::string hint;
    std::string context;
    std::optional<std::size_t> position;  // in characters, from 1, into the text that was sent
    RelationName relation;                // where the server names one
    std::string column;
    std::string constraint;
};

struct ExecuteResult {
    Millis elapsed{};         // from just before the send to the last byte of the answer
    std::string command_tag;  // "ALTER TABLE", "INSERT 0 3"; of the last statement when the text
                              // held several
    std::optional<std::int64_t> rows;  // affected or returned, where the tag says so
    std::int64_t temp_bytes = 0;  // temporary files, from log_temp_files at client_min_messages=log
    std::vector<Notice> notices;  // LOG lines left out
    std::optional<ServerError> error;
    bool cancelled_by_us = false;  // ran over the limit and was cancelled
};

// What a short question of ours was answered, as text; a NULL is nullopt.
struct Answer {
    std::vector<std::vector<std::optional<std::string>>> rows;
    std::optional<ServerError> error;
};

inline constexpr std::size_t kMostNotices = 100;

// What the connection is in after a statement (PQtransactionStatus).
enum class TransactionState { idle, in_transaction, in_failed_transaction, unknown };

// The session that runs the migration. It speaks the simple protocol as psql does, and takes libpq
// and not libpqxx: it needs the error's position and detail, COPY data as it stands in the file,
// and a wait that a limit or Ctrl-C ends.
class PerformerSession {
  public:
    // With `reports_temp_bytes` the session runs at client_min_messages=log and log_temp_files=0:
    // the server then tells of each temporary file. Every other setting is as the database and the
    // role give it, timeouts too.
    explicit PerformerSession(const ConnInfo& where, bool reports_temp_bytes = true);
    PerformerSession(PerformerSession&&) noexcept;
    PerformerSession& operator=(PerformerSession&&) noexcept;
    ~PerformerSession();

    // Sends the text as one simple Query and waits. A server error is part of the answer. Throws
    // Error(scratch) when the connection is lost, Error(interrupted) after an interrupt (the
    // statement is cancelled first).
    ExecuteResult execute(const std::string& sql, std::optional<Millis> give_up_after = {});

    // COPY ... FROM STDIN: `next_chunk` fills the buffer with the data as the file holds it; 0 ends
    // it.
    ExecuteResult copy_in(const std::string& sql,
                          const std::function<std::size_t(std::span<char>)>& next_chunk,
                          std::optional<Millis> give_up_after = {});

    TransactionState transaction_state() const;
    // Facts of these relations as this session sees them, its open transaction's changes included;
    // a missing oid does not exist. Takes no lock on them. Not while the transaction has failed.
    RelationMap read_relations(const std::vector<Oid>& oids);
    // Outside of a transaction: prepares read_own_locks() and tries it; its activity is of no
    // relation, but has the mark. nullopt where it must not be used: this session may not ask it,
    // or its statement_timeout is so short that it could be cancelled, and the transaction with it.
    std::optional<ActivityReading> prepare_own_locks();
    // Its own locks, and the relations as its open transaction sees them. Only right before its
    // end, because it takes a snapshot in it.
    NamedLockReading read_own_locks();
    // What the open transaction (and those before it that are not reported yet) did to the rows of
    // these relations. Takes a snapshot in it.
    ActivityReading read_activity(const std::vector<Oid>& oids);
    // The same outside of a transaction. nullopt where this session cannot tell: its
    // statement_timeout may be too short for that many.
    std::optional<ActivityReading> try_activity(const std::vector<Oid>& oids);
    // Outside of a transaction: the statistics system then has all that was done to rows so far,
    // and WatchSession::read_reported_activity() tells it. False where this session cannot make it
    // so (before PostgreSQL 15, or with a statement_timeout that is too short).
    bool report_activity();
    // Bytes of these tables as the open transaction has them, with indexes and TOAST. Waits for no
    // lock that the transaction holds.
    SizeMap read_table_sizes(const std::vector<Oid>& oids);
    // Asks one query with the settings of this session, parameters as text, and keeps all that it
    // answers. Leaves nothing in the session. Throws as execute() does.
    Answer ask(const std::string& query, const std::vector<std::string>& parameters = {});
    // SHOW of each, by name. Takes no lock and no snapshot, so that SET TRANSACTION may follow. Not
    // while the transaction has failed.
    std::map<std::string, std::string> show(const std::vector<std::string>& parameters);
    // current_setting('rehearse.run', true): empty on a server that is no scratch of ours.
    std::string marker();
    int backend_pid() const;
    ServerVersion server_version() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rehearse::pg
