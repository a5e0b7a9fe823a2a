#pragma once

#include "rehearse/pg/performer_session.hpp"
#include "rehearse/sql/statement.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::replay {

// Asks the server whether it can parse texts, and has it run none of them. The server parses the
// whole of a simple Query before it runs the first statement in it (exec_simple_query), so each
// text is sent behind a statement that fails: only a syntax error comes before that failure.
class SyntaxCheck {
  public:
    struct Fault {
        std::size_t ordinal = 0;  // of the statement, from 1
        sql::Statement statement;
        pg::ServerError error;  // its position counts in the statement's text
    };

    explicit SyntaxCheck(pg::PerformerSession& performer) : performer_{performer} {}

    // The file's statements in their order, then finish(). The first fault ends the check.
    std::optional<Fault> add(sql::Statement statement);
    std::optional<Fault> finish();

  private:
    std::optional<pg::ServerError> refusal_of(const std::string& text);

    pg::PerformerSession& performer_;
    std::vector<sql::Statement> batch_;
    std::size_t batch_bytes_ = 0;
    std::size_t checked_ = 0;
};

}  // namespace rehearse::replay
