#include "rehearse/base/size.hpp"

#include "cli/options.hpp"

// The options of a rehearsal, in groups as the help shows them.
namespace rehearse::cli {

namespace {

void add_snapshot_options(CLI::App& app, app::RehearsalOptions& options) {
    const char* group = "Snapshot";
    app.add_option("--snapshot", options.snapshot,
                   "latest, latest~N, a name in --snapshots, or a path [latest]")
        ->type_name("SNAPSHOT")
        ->group(group);
    app.add_option("--snapshots", options.snapshots,
                   "Folder with the pg_dump files, or rclone's NAME:PATH [snapshots]")
        ->type_name("PLACE")
        ->group(group);
}

void add_variable(std::map<std::string, std::string>& variables, const std::string& given) {
    const std::size_t equals = given.find('=');
    if (equals == std::string::npos || equals == 0) {
        throw CLI::ValidationError("--set", given + " is not NAME=VALUE");
    }
    variables[given.substr(0, equals)] = given.substr(equals + 1);
}

void add_migration_options(CLI::App& app, app::RehearsalOptions& options) {
    const char* group = "Migrations";
    auto& source = options.source;
    app.add_option("--migrations", source.folder,
                   "Folder with the migrations [migrations or db/migrations]")
        ->type_name("DIR")
        ->group(group);
    app.add_option(
           "--tool", source.tool,
           "Whose migrations they are: " + join(migrations::known_tools(), ", ") + " [recognised]")
        ->type_name("NAME")
        ->group(group);
    app.add_option("--history-table", source.history_table,
                   "The tool's history table, where it is not the default")
        ->type_name("TABLE")
        ->group(group);
    app.add_option("--history-query", source.history_query,
                   "plain: a SELECT that returns the versions already applied")
        ->type_name("SQL")
        ->group(group);
    app.add_option_function<std::vector<std::string>>(
           "--set",
           [&source](const std::vector<std::string>& all) {
               for (const std::string& one : all) add_variable(source.variables, one);
           },
           "Value of a tool's placeholder or of a psql variable; may be given several times")
        ->type_name("NAME=VALUE")
        ->group(group);
    app.add_option("--pending-from", source.pending_from,
                   "The first version that is pending, where no history says it [all]")
        ->type_name("VERSION")
        ->group(group);
    app.add_option("--command", options.command.text,
                   "The tool's own command, for migrations that are code: run by /bin/sh with "
                   "DATABASE_URL and PG... of the scratch")
        ->type_name("'CMD'")
        ->group(group);
    add_duration(app, "--command-timeout", options.command.timeout,
                 "End the command when it runs longer");
    app.get_option("--command-timeout")->group(group);
    app.add_option("--only", options.plan.only, "Replay only these of the pending versions")
        ->type_name("VERSION...")
        ->group(group);
    app.add_option("--until", options.plan.until, "Stop after this version")
        ->type_name("VERSION")
        ->group(group);
    app.add_option("--since", options.since,
                   "Git ref: migrations added since are 'in this change', the others are catch-up")
        ->type_name("REF")
        ->group(group);
}

void add_scratch_options(CLI::App& app, app::RehearsalOptions& options) {
    const char* group = "Scratch";
    add_choice(app, "--engine", options.engine, scratch::engine_kind_from,
               "auto|local|docker|podman", "What runs the throw-away server [auto]");
    app.get_option("--engine")->group(group);
    app.add_option("--image", options.image, "Container image [postgres:<major of the snapshot>]")
        ->type_name("IMAGE")
        ->group(group);
    app.add_flag_callback(
           "--no-pull", [&options] { options.may_pull = false; }, "Never pull an image")
        ->group(group);
    app.add_option_function<std::string>(
           "--memory",
           [&options](const std::string& value) {
               options.memory_bytes = parse_size(value);
               if (!options.memory_bytes)
                   refuse("--memory", value, "Give a size such as 512MB or 4GB.");
           },
           "Memory of the scratch [what the machine has]")
        ->type_name("SIZE")
        ->group(group);
    app.add_option("--cpus", options.cpus, "Processors of the scratch [all]")
        ->type_name("N")
        ->check(CLI::PositiveNumber)
        ->group(group);
    app.add_option("--jobs", options.jobs,
                   "Connections that restore side by side [one a processor]")
        ->type_name("N")
        ->check(CLI::Range(1, 1024))
        ->group(group);
    app.add_flag("--keep-scratch", options.keep_scratch,
                 "Leave the scratch running; print how to connect and how to remove it")
        ->group(group);
}

void add_verdict_options(CLI::App& app, RunOptions& options) {
    auto& rehearsal = options.rehearsal;
    add_duration(app, "--noisy", rehearsal.thresholds.noisy, "Longer than this is noisy");
    add_duration(app, "--rethink", rehearsal.thresholds.rethink,
                 "Longer than this is to be re-thought");
    add_duration(app, "--give-up-after", rehearsal.replay.give_up_after,
                 "Cancel a statement that runs longer; its migration is rethink");
    add_fail_on(app, options.drawing.fail_on, "Exit with 1 from this label on");
    for (const char* option : {"--noisy", "--rethink", "--give-up-after", "--fail-on"}) {
        app.get_option(option)->group("Verdict");
    }
}

void add_replay_options(CLI::App& app, app::RehearsalOptions& options) {
    add_duration(app, "--interval", options.replay.interval,
                 "How often the sampler reads pg_locks");
    app.get_option("--interval")->group("Replay");
    add_duration(app, "--count-limit", options.replay.count_limit,
                 "How long to count all rows that violate a constraint, after it failed");
    app.get_option("--count-limit")->group("Replay");
    app.add_flag_callback(
           "--no-observe", [&options] { options.replay.observe = false; },
           "Only time the statements: no reading of locks")
        ->group("Replay");
    app.add_flag("--enforce-timeouts", options.replay.enforce_timeouts,
                 "Run with lock_timeout 5s and statement_timeout 60s, as production should")
        ->group("Replay");
}

void add_report_options(CLI::App& app, RunOptions& options) {
    app.add_option("--out", options.rehearsal.out,
                   "Folder for report.json, report.md and report.html [the run's own]")
        ->type_name("DIR");
    app.add_option("--state", options.rehearsal.state,
                   "Folder for runs and their history [$XDG_STATE_HOME/rehearse]")
        ->type_name("DIR");
    app.add_flag_callback(
        "--no-history", [&options] { options.rehearsal.keep_history = false; },
        "Do not record the run for 'rehearse history'");
    add_format(app, options.drawing.format);
    app.add_flag_callback(
        "--mask-literals",
        [&options] { options.drawing.mask_literals = options.rehearsal.mask_literals = true; },
        kMaskLiterals);
    for (const char* option : {"--out", "--state", "--no-history", "--format", "--mask-literals"}) {
        app.get_option(option)->group("Report");
    }
}

}  // namespace

void add_rehearsal_options(CLI::App& app, RunOptions& options) {
    add_snapshot_options(app, options.rehearsal);
    add_migration_options(app, options.rehearsal);
    add_scratch_options(app, options.rehearsal);
    add_verdict_options(app, options);
    add_replay_options(app, options.rehearsal);
    add_report_options(app, options);
}

}  // namespace rehearse::cli
