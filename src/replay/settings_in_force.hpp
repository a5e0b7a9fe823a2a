#pragma once

#include "rehearse/observe/session_settings.hpp"
#include "rehearse/pg/performer_session.hpp"
#include "rehearse/sql/statement.hpp"

#include <optional>
#include <string_view>

namespace rehearse::replay {

// Knows which settings the migration's session has, and keeps its timeouts from cutting a true
// duration short. Nothing here runs within the measured time, and nothing at all after a statement
// that cannot have changed a setting.
//
// 1. The server is asked (SHOW) when a migration begins, after each statement that may change a
//    setting, and after the end of a transaction in which one may have changed: precedence, SET
//    LOCAL, ROLLBACK and savepoints stay PostgreSQL's own business. SHOW takes no snapshot, so that
//    SET TRANSACTION ISOLATION LEVEL may still follow.
// 2. A timeout that is found on is put off by kPutOff, 23 days, and so is never reached; the one in
//    force can be read off it. Within a transaction that is done with SET LOCAL, whatever scope the
//    file's own SET had: the transaction's end undoes the two together, and what the file set for
//    the session stands bare again, is found, and is put off with SET.
//
// A migration that looks at a timeout (SHOW, current_setting) therefore sees it 23 days longer than
// it set it. What it saves and sets again later is what it was.
//
// Not seen until the next reading: what a trigger, or a function called by INSERT, UPDATE or
// DELETE, sets. Not put off: what one text of several statements sets for its own later statements,
// where only the server can take it apart (psql's commands in a golang-migrate file); and SET
// clauses of functions, which do not count for the statement that calls them.
class SettingsInForce {
  public:
    // With `enforces_timeouts` statement_timeout, lock_timeout and transaction_timeout are left as
    // they are. Those on idle sessions never are: the performer idles while its locks are read.
    SettingsInForce(pg::PerformerSession& performer, bool enforces_timeouts);

    // As the server has it now; for the statement that is sent next.
    const observe::SessionSettings& now() const { return now_; }
    // The time after which production would have cancelled a statement that began now and took so
    // long; none where the timeouts are enforced, because then it was.
    std::optional<Millis> cancels_after(Millis elapsed) const;

    // False for what cannot have changed a setting once it has succeeded.
    static bool may_be_changed_by(const sql::Classification& classification, std::string_view text);
    // It has succeeded.
    void statement_ran(const sql::Classification& classification, std::string_view text);
    // A COMMIT or ROLLBACK that the file does not hold.
    void transaction_ended();

  private:
    void read();

    pg::PerformerSession& performer_;
    bool enforces_timeouts_;
    observe::SessionSettings now_;
    // Read in a transaction that is open: its end may take it back.
    bool is_provisional_ = false;
};

}  // namespace rehearse::replay
