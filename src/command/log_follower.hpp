#pragma once

#include "rehearse/pg/admin_session.hpp"

#include "server_log.hpp"

#include <functional>
#include <string>

namespace rehearse::command {

// Where the server that runs with command_settings() logs, in its data folder.
inline constexpr const char* kLogFolder = "log";
inline constexpr const char* kLogName = "rehearse";

// Reads the server's log up to now: it writes a line of its own there and reads until that comes
// back, because the log is a pipe to a process and what was written before comes before. Throws
// Error(scratch) when it does not come.
void read_log(pg::AdminSession& server, const std::function<void(const LogEntry&)>& take);

}  // namespace rehearse::command
