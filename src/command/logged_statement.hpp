#pragma once

#include "rehearse/base/time.hpp"
#include "rehearse/pg/performer_session.hpp"

#include "server_log.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::command {

// What a client sent and the server ran: one simple Query, with as many statements as its text
// holds, or one Execute of the extended protocol with its Parse and Bind.
struct LoggedStatement {
    int pid = 0;
    std::string database;
    // The transaction that it ran in, or of a BEGIN began: pg_locks.virtualtransaction.
    std::string virtualtransaction;
    std::string text;
    // Row values: in no report. Empty for a simple Query.
    std::vector<std::optional<std::string>> parameters;
    WallClock::time_point began;  // to the millisecond
    Millis elapsed{};             // by the server's clock; of one that failed to the millisecond
    std::string command_tag;      // without counts: the log has none
    std::vector<pg::Notice> notices;       // warnings
    std::optional<pg::ServerError> error;  // that ended it
    // The session ended in the middle of it.
    bool was_cut_off = false;

    WallClock::time_point ended() const {
        return began + std::chrono::duration_cast<WallClock::duration>(elapsed);
    }
};

// Puts the entries of several sessions together to statements. Of a session it needs each entry
// that log_statement=all and log_min_duration_statement=0 make.
class StatementAssembler {
  public:
    // Statements that the entry ends.
    std::vector<LoggedStatement> add(const LogEntry& entry);
    // What had not ended when the log did, in the order of their beginnings.
    std::vector<LoggedStatement> rest();

  private:
    struct Open {
        LoggedStatement statement;
        bool is_extended = false;
        bool has_run = false;  // a Parse alone is no statement yet
    };

    Open& open(const LogEntry& entry, std::string text, WallClock::time_point began);
    void add_duration(const LogEntry& entry, std::string_view words,
                      std::vector<LoggedStatement>& ended);
    void add_failure(const LogEntry& entry, std::vector<LoggedStatement>& ended);
    // Ends what is open in the session; a Parse that nobody executed is forgotten.
    void close(int pid, std::vector<LoggedStatement>& ended);

    std::map<int, Open> open_;  // by pid
};

// "$1 = 'a', $2 = NULL" as the log's detail has them after "parameters: ".
std::vector<std::optional<std::string>> parameters_in(std::string_view detail);

}  // namespace rehearse::command
