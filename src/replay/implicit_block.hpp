#pragma once

#include "rehearse/sql/statement.hpp"

#include <string>
#include <string_view>

namespace rehearse::replay {

// Several statements in one simple Query run in an implicit transaction block, which is not quite a
// BEGIN block (PostgreSQL manual, 55.2.2.1, and exec_simple_query in the server). To time each
// statement the replay sends them one by one within a BEGIN of its own; this says what becomes of
// the file's own transaction control then.
class ImplicitBlock {
  public:
    enum class State {
        none,       // no transaction is open
        implicit,   // ours
        explicit_,  // the file said BEGIN; it adopted what came before it
    };
    enum class Action {
        begin_and_send,     // BEGIN of ours first, then the statement
        send,               // as it is
        adopt,              // BEGIN in an implicit block: nothing is sent
        adopt_with_modes,   // the same, with transaction modes: SET TRANSACTION is sent
        send_and_warn,      // COMMIT or ROLLBACK in an implicit block: the server would warn
        roll_back_and_send  // refused in an implicit block, as the server refuses it outside of any
    };

    // `state`: what the session is in when the text is sent.
    explicit ImplicitBlock(State state = State::none) : state_{state} {}

    Action action_for(sql::StatementKind kind, std::string_view text) const;
    // The statement was sent, or adopted.
    void ran(sql::StatementKind kind, bool in_transaction_now);
    State state() const { return state_; }

  private:
    State state_;
};

// "ISOLATION LEVEL SERIALIZABLE" of BEGIN or START TRANSACTION; empty where it has none.
std::string transaction_modes_of(std::string_view begin);

}  // namespace rehearse::replay
