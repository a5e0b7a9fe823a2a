#pragma once

#include "rehearse/command/command.hpp"
#include "rehearse/process/process.hpp"

#include "holds.hpp"
#include "lock_watch.hpp"
#include "transcript.hpp"

#include <string>

namespace rehearse::command {

// How the command ended.
struct Ending {
    process::ProcessResult result;
    Millis limit{};
    std::string command;
    std::string last_lines;  // of its output
    std::filesystem::path statements_file;
};

// What a rehearsal of the migration files would have handed on. Pure.
CommandOutcome answer_of(CommandTranscript transcript, const LocksSeen& seen,
                         const RelationsAround& relations, const pg::SizeMap& sizes,
                         const HistoryTables& tables, Millis server_ahead, const Ending& ending);

}  // namespace rehearse::command
