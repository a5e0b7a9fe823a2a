#include "cli/command_line.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/size.hpp"
#include "rehearse/base/text.hpp"

#include "cli/config_file.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

namespace rehearse::cli {

namespace {

constexpr const char* kDescription =
    "Restores a pg_dump snapshot of production into a throw-away PostgreSQL, replays the pending\n"
    "migrations there, times every statement and reads pg_locks, and labels each migration\n"
    "ok, noisy or rethink. Production is never touched.";

constexpr const char* kFooter =
    "Example:\n"
    "  rehearse --snapshot latest --snapshots /srv/dumps --migrations db/migrations\n\n"
    "Options can be kept in rehearse.toml, found upward from the working folder:\n"
    "  snapshots = \"/srv/dumps\"\n"
    "  migrations = \"db/migrations\"\n\n"
    "Exit code: 0 below --fail-on, 1 a label reached it or a migration failed, 2 usage, 3 "
    "scratch,\n"
    "4 snapshot, 5 migrations, 6 not delivered, 70 internal, 130 interrupted.";

[[noreturn]] void refuse(const std::string& option, const std::string& value,
                         const std::string& expected) {
    throw Error(ErrorKind::usage, option + " does not take '" + value + "'", {expected});
}

Millis duration_of(const std::string& option, const std::string& value) {
    const auto span = parse_duration(value);
    if (!span)
        refuse(option, value, "Give a duration with its unit, such as 500ms, 30s, 5min or 2h.");
    return *span;
}

void add_duration(CLI::App& app, const std::string& option, Millis& target,
                  const std::string& help) {
    app.add_option_function<std::string>(
           option,
           [option, &target](const std::string& value) { target = duration_of(option, value); },
           help + " [" + format_limit(target) + "]")
        ->type_name("DURATION");
}

// An option that takes one of a few words.
template <typename Value>
void add_choice(CLI::App& app, const std::string& option, Value& target,
                std::optional<Value> (*from)(std::string_view), const std::string& words,
                const std::string& help) {
    app.add_option_function<std::string>(
           option,
           [=, &target](const std::string& value) {
               const auto choice = from(value);
               if (!choice) {
                   Error error(ErrorKind::usage, option + " does not take '" + value + "'");
                   if (const auto near = nearest(value, split(words, '|'))) {
                       error.with_hint("Did you mean '" + *near + "'?");
                   }
                   error.with_hint("Give one of: " + join(split(words, '|'), ", ") + ".");
                   throw error;
               }
               target = *choice;
           },
           help)
        ->type_name(words);
}

std::optional<Format> format_from(std::string_view word) {
    if (word == "terminal") return Format::terminal;
    if (word == "json") return Format::json;
    if (word == "markdown") return Format::markdown;
    return std::nullopt;
}

void add_format(CLI::App& app, Format& target, bool& mask_literals) {
    add_choice(app, "--format", target, format_from, "terminal|json|markdown",
               "What goes to stdout [terminal]");
    app.add_flag("--mask-literals", mask_literals, "Show '?' for every literal in SQL (Markdown)");
}

void add_snapshot_options(CLI::App& app, app::RehearsalOptions& options) {
    const char* group = "Snapshot";
    app.add_option("--snapshot", options.snapshot,
                   "latest, latest~N, a name in --snapshots, or a path [latest]")
        ->type_name("SNAPSHOT")
        ->group(group);
    app.add_option("--snapshots", options.snapshots, "Folder with the pg_dump files [snapshots]")
        ->type_name("DIR")
        ->group(group);
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
    app.add_option("--pending-from", source.pending_from,
                   "plain: the first version that is pending [all]")
        ->type_name("VERSION")
        ->group(group);
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
    add_choice(app, "--fail-on", options.fail_on, verdict::fail_on_from,
               "noisy|rethink|failed|never", "Exit with 1 from this label on [rethink]");
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
                   "Folder for report.json and report.md [the run's own]")
        ->type_name("DIR");
    app.add_option("--state", options.rehearsal.state, "Folder for runs [$XDG_STATE_HOME/rehearse]")
        ->type_name("DIR");
    add_format(app, options.format, options.mask_literals);
    for (const char* option : {"--out", "--state", "--format", "--mask-literals"}) {
        app.get_option(option)->group("Report");
    }
}

// Where most repositories keep them.
std::filesystem::path usual_migrations_folder() {
    for (const char* folder : {"migrations", "db/migrations"}) {
        if (std::filesystem::is_directory(folder)) return folder;
    }
    throw Error(ErrorKind::usage, "no folder with migrations was given",
                {"Add --migrations DIR, or 'migrations = \"DIR\"' to rehearse.toml."});
}

// CLI11 keeps words; what it did not expect is a slip more often than not.
Error unknown_argument(const CLI::App& app) {
    const auto rest = app.remaining(true);
    const std::string word = rest.empty() ? "" : rest.front();
    const CLI::App* where = &app;
    for (const auto* used : app.get_subcommands()) where = used;
    auto known = option_names(app);
    if (where != &app) {
        for (auto& name : option_names(*where)) known.push_back(std::move(name));
    }
    if (!word.starts_with("-")) {
        known.clear();
        for (const auto* command : where->get_subcommands([](const CLI::App*) { return true; })) {
            known.push_back(command->get_name());
        }
    }
    const std::string what =
        word.starts_with("-") ? "unknown option " : "unknown command or argument ";
    Error error(ErrorKind::usage, what + "'" + word + "'");
    if (const auto near = nearest(word.substr(0, word.find('=')), known)) {
        error.with_hint("Did you mean '" + *near + "'?");
    }
    error.with_hint("'rehearse --help' lists all of them.");
    return error;
}

Error refusal_of(const CLI::ParseError& error) {
    std::string message = error.what();
    if (!message.empty())
        message[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(message[0])));
    return Error(ErrorKind::usage, message, {"'rehearse --help' shows what each option takes."});
}

struct Options {
    RunOptions run;
    ReportOptions report;
    SnapshotOptions snapshot;
};

CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& description,
                      const std::string& example) {
    auto& command = *app.add_subcommand(name, description);
    command.footer("Example:\n  " + example);
    return command;
}

void add_commands(CLI::App& app, Options& options, std::function<int(Context)>& chosen) {
    // run and pending take the options of a rehearsal from the top: 'rehearse --snapshot latest' is
    // 'rehearse run ...'.
    auto& run =
        add_command(app, "run", "Rehearse the pending migrations (the default)",
                    "rehearse run --snapshot latest --migrations db/migrations --fail-on noisy");
    run.fallthrough();
    run.footer("Takes the options that 'rehearse --help' lists.\n\n" + run.get_footer());
    auto& pending = add_command(app, "pending", "What is pending on the snapshot, and why",
                                "rehearse pending --snapshot latest --migrations db/migrations");
    pending.fallthrough();
    pending.footer("Takes the options that 'rehearse --help' lists.\n\n" + pending.get_footer());
    pending.callback([&] {
        chosen = [&options](Context context) { return run_pending(options.run, context); };
    });

    auto& report =
        add_command(app, "report", "Draw a saved report.json again, with other thresholds if asked",
                    "rehearse report report.json --format markdown --noisy 10s");
    report.add_option("FILE", options.report.file, "report.json of an earlier run");
    report.add_option("--noisy", options.report.noisy, "Judge with this threshold")
        ->type_name("DURATION");
    report.add_option("--rethink", options.report.rethink, "Judge with this threshold")
        ->type_name("DURATION");
    report.add_flag("--schema", options.report.schema, "Print the JSON Schema of report.json");
    add_format(report, options.report.format, options.report.mask_literals);
    report.callback([&] {
        chosen = [&options](Context context) { return run_report(options.report, context); };
    });

    auto& snapshot = add_command(app, "snapshot", "Look at snapshots",
                                 "rehearse snapshot list --snapshots /srv/dumps");
    snapshot.require_subcommand(1);
    auto& list = add_command(snapshot, "list", "The complete snapshots of a place, newest first",
                             "rehearse snapshot list --snapshots /srv/dumps");
    auto& verify = add_command(snapshot, "verify",
                               "Read a snapshot as a rehearsal would, and print its checksum",
                               "rehearse snapshot verify latest --snapshots /srv/dumps");
    verify.add_option("SNAPSHOT", options.snapshot.wanted,
                      "latest, latest~N, a name or a path [latest]");
    snapshot.fallthrough();
    list.fallthrough();
    verify.fallthrough();
    list.callback([&] {
        chosen = [&options](Context context) {
            return run_snapshot_list(options.snapshot, context);
        };
    });
    verify.callback([&] {
        chosen = [&options](Context context) {
            return run_snapshot_verify(options.snapshot, context);
        };
    });

    auto& gc = add_command(app, "gc", "Remove what killed runs left", "rehearse gc");
    gc.callback([&] { chosen = run_gc; });
    auto& doctor =
        add_command(app, "doctor", "What is installed, what is missing, and how to install it",
                    "rehearse doctor");
    doctor.callback([&] { chosen = run_doctor; });
}

}  // namespace

Invocation read_command_line(const std::vector<std::string>& arguments) {
    const auto options = std::make_shared<Options>();
    auto& rehearsal = options->run.rehearsal;
    rehearsal.snapshots = "snapshots";
    Invocation invocation;

    CLI::App app(kDescription, "rehearse");
    app.footer(kFooter);
    app.set_version_flag("--version", "rehearse " REHEARSE_VERSION);
    app.get_formatter()->column_width(34);
    app.require_subcommand(0, 1);
    add_snapshot_options(app, rehearsal);
    add_migration_options(app, rehearsal);
    add_scratch_options(app, rehearsal);
    add_verdict_options(app, options->run);
    add_replay_options(app, rehearsal);
    add_report_options(app, options->run);
    std::function<int(Context)> chosen;
    add_commands(app, *options, chosen);

    const auto config = find_config_file(std::filesystem::current_path());
    app.set_config("--config", config ? config->string() : "",
                   "Options file [rehearse.toml, found upward]")
        ->type_name("FILE");
    app.config_formatter(std::make_shared<ConfigReader>(config.value_or("rehearse.toml"), app));

    try {
        // CLI11 takes the arguments from the back of a vector.
        std::vector<std::string> from_the_back(arguments.rbegin(), arguments.rend());
        app.parse(std::move(from_the_back));
    } catch (const CLI::CallForHelp&) {
        invocation.text = app.help();
        return invocation;
    } catch (const CLI::CallForVersion&) {
        invocation.text = app.version() + "\n";
        return invocation;
    } catch (const CLI::ExtrasError&) {
        throw unknown_argument(app);
    } catch (const CLI::RequiredError& error) {
        // 'snapshot lits': what is missing is there, with a slip in it.
        if (!app.remaining(true).empty()) throw unknown_argument(app);
        throw refusal_of(error);
    } catch (const CLI::ParseError& error) {
        throw refusal_of(error);
    }

    options->snapshot.place = rehearsal.snapshots;
    if (!chosen) {
        chosen = [&options = *options](Context context) {
            return run_rehearsal(options.run, context);
        };
    }
    const bool needs_migrations =
        app.get_subcommands().empty() || app.got_subcommand("run") || app.got_subcommand("pending");
    if (needs_migrations && rehearsal.source.folder.empty())
        rehearsal.source.folder = usual_migrations_folder();
    invocation.command = [options, chosen](Context context) { return chosen(context); };
    return invocation;
}

}  // namespace rehearse::cli
