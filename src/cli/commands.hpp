#pragma once

#include "rehearse/app/rehearsal.hpp"
#include "rehearse/base/redactor.hpp"

#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace rehearse::cli {

class StatusLine;

// What the commands share: the doors to the world, and where words go.
struct Context {
    process::ProcessRunner& runner;
    Progress& progress;
    StatusLine& line;
    Redactor& redactor;  // of what goes to the terminal
};

enum class Format { terminal, json, markdown, html, sarif, junit };

// How a report goes to stdout.
struct Drawing {
    Format format = Format::terminal;
    bool mask_literals = false;
    verdict::FailOn fail_on = verdict::FailOn::rethink;
};

// The options of a rehearsal and what only the command line knows of it.
struct RunOptions {
    app::RehearsalOptions rehearsal;
    Drawing drawing;
};

// What an argument asks for; returns the exit code.
using Command = std::function<int(Context)>;

// Every command is one file, with a function that describes it to CLI11. Where the arguments ask
// for it, it becomes the chosen one. `run` has the options of a rehearsal, which stand before and
// after the command's name.
using RunOptionsPtr = std::shared_ptr<const RunOptions>;
void add_run_command(CLI::App& app, const RunOptionsPtr& run, Command& chosen);
void add_weekly_command(CLI::App& app, const RunOptionsPtr& run, Command& chosen);
void add_pending_command(CLI::App& app, const RunOptionsPtr& run, Command& chosen);
void add_report_command(CLI::App& app, const RunOptionsPtr& run, Command& chosen);
void add_snapshot_commands(CLI::App& app, const RunOptionsPtr& run, Command& chosen);
// Beneath `snapshot`.
void add_snapshot_take_command(CLI::App& snapshot, const RunOptionsPtr& run, Command& chosen);
void add_snapshot_prune_command(CLI::App& snapshot, const RunOptionsPtr& run, Command& chosen);
void add_publish_commands(CLI::App& app, const RunOptionsPtr& run, Command& chosen);
void add_history_command(CLI::App& app, const RunOptionsPtr& run, Command& chosen);
void add_gc_command(CLI::App& app, Command& chosen);
void add_doctor_command(CLI::App& app, Command& chosen);

void add_rehearsal_options(CLI::App& app, RunOptions& options);
Command run_command(const RunOptionsPtr& options);

}  // namespace rehearse::cli
