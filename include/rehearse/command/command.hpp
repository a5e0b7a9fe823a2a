#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/plan/plan.hpp"
#include "rehearse/process/process.hpp"
#include "rehearse/replay/replay.hpp"
#include "rehearse/scratch/engine.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace rehearse::command {

// A migration tool's own command, for migrations that are code.
struct CommandOptions {
    std::string text;  // for /bin/sh -c, in the working folder
    Millis timeout = std::chrono::minutes(30);
    // The tool's history table, where it is none that is known: name or schema.name.
    std::string history_table;
};

// What a rehearsal knows before it.
struct CommandPlace {
    scratch::ScratchServer& server;
    std::string database;
    std::string marker;  // of the run
    // What it prints, redacted, and the statements that it had the server run: private files, with
    // row values.
    std::filesystem::path output_file;
    std::filesystem::path statements_file;
};

struct CommandOutcome {
    plan::ReplayPlan plan;
    replay::Observations observations;
    std::vector<std::string> warnings;
};

// For the scratch that the command will run on: what it runs goes to a log of the server's own.
scratch::Settings command_settings();

// Runs the command with DATABASE_URL and the PG... variables of the scratch, over a port that lives
// only meanwhile, and tells from the server's log what its migrations did. A command that fails or
// is over its time is an answer: its last migration failed. Throws Error(migrations) when it never
// came to the scratch, Error(scratch) when the server was lost, Error(interrupted) on Ctrl-C; what
// it started has then ended, too.
CommandOutcome run_command(const CommandOptions& options, const CommandPlace& place,
                           const replay::ReplayOptions& how, process::ProcessRunner& runner,
                           Progress& progress, replay::ReplayListener& listener);

}  // namespace rehearse::command
