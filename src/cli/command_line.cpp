#include "cli/command_line.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "cli/config_file.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

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

// What a command takes of a rehearsal's options. Those that are not here rehearse, or take none.
const std::map<std::string, std::set<std::string>> kTakenOfARehearsal{
    {"publish", {"out", "fail-on", "mask-literals"}},
    {"snapshot", {"snapshots"}},
    {"history", {"state"}}};

bool is_given(const std::string& name, const std::vector<std::string>& arguments) {
    return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& argument) {
        return argument == "--" + name || argument.starts_with("--" + name + "=");
    });
}

// "rehearse snapshot take": the command that the arguments got as far as.
std::string command_in(const CLI::App& app) {
    const auto given = app.get_subcommands();
    return app.get_name() + (given.empty() ? "" : " " + command_in(*given.front()));
}

// rehearse.toml may have them all: there they are for the rehearsals beside it.
void refuse_options_without_effect(const CLI::App& app, const std::vector<std::string>& arguments) {
    const auto used = app.get_subcommands();
    if (used.empty() || !kTakenOfARehearsal.contains(used.front()->get_name())) return;
    const auto& taken = kTakenOfARehearsal.at(used.front()->get_name());
    const CLI::App* innermost = used.front();
    while (!innermost->get_subcommands().empty()) innermost = innermost->get_subcommands().front();
    for (const auto* option : app.get_options()) {
        if (option == app.get_config_ptr()) continue;
        for (const auto& name : option->get_lnames()) {
            const bool is_its_own = innermost->get_option_no_throw("--" + name) != nullptr;
            if (taken.contains(name) || is_its_own || !is_given(name, arguments)) continue;
            throw Error(ErrorKind::usage, "'" + command_in(app) + "' takes no --" + name,
                        {"'" + command_in(app) + " --help' shows what it takes."});
        }
    }
}

// The tool's own command finds its migrations itself.
void refuse_options_beside_a_command(const CLI::App& app) {
    if (app.got_subcommand("pending")) {
        throw Error(ErrorKind::usage, "'rehearse pending' takes no --command",
                    {"Ask the tool itself what is pending; a rehearsal with --command tells what "
                     "it ran."});
    }
    for (const char* option :
         {"--migrations", "--tool", "--history-query", "--pending-from", "--only", "--until",
          "--since", "--give-up-after", "--count-limit"}) {
        if (app.get_option(option)->count() == 0) continue;
        throw Error(ErrorKind::usage, std::string("--command takes no ") + option,
                    {"The command decides itself what it runs and in which order: say it there, or "
                     "leave --command out.",
                     "--command-timeout limits how long it may take."});
    }
}

Error refusal_of(const CLI::ParseError& error, const CLI::App& app) {
    std::string message = error.what();
    if (!message.empty())
        message[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(message[0])));
    return Error(ErrorKind::usage, message,
                 {"'" + command_in(app) + " --help' shows what each option takes."});
}

}  // namespace

Invocation read_command_line(const std::vector<std::string>& arguments) {
    const auto options = std::make_shared<RunOptions>();
    auto& rehearsal = options->rehearsal;
    rehearsal.snapshots = "snapshots";
    Invocation invocation;

    CLI::App app(kDescription, "rehearse");
    app.footer(kFooter);
    app.set_version_flag("--version", "rehearse " REHEARSE_VERSION);
    app.get_formatter()->column_width(34);
    app.require_subcommand(0, 1);
    add_rehearsal_options(app, *options);
    Command chosen;
    add_run_command(app, options, chosen);
    add_weekly_command(app, options, chosen);
    add_pending_command(app, options, chosen);
    add_report_command(app, options, chosen);
    add_snapshot_commands(app, options, chosen);
    add_publish_commands(app, options, chosen);
    add_history_command(app, options, chosen);
    add_gc_command(app, chosen);
    add_doctor_command(app, chosen);

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
        throw refusal_of(error, app);
    } catch (const CLI::ParseError& error) {
        throw refusal_of(error, app);
    }

    refuse_options_without_effect(app, arguments);
    // 'rehearse --snapshot latest' is 'rehearse run --snapshot latest'.
    if (!chosen) chosen = run_command(options);
    const bool needs_migrations = app.get_subcommands().empty() || app.got_subcommand("run") ||
                                  app.got_subcommand("weekly") || app.got_subcommand("pending");
    const bool has_command = !rehearsal.command.text.empty();
    if (needs_migrations && has_command) refuse_options_beside_a_command(app);
    if (needs_migrations && !has_command && rehearsal.source.folder.empty())
        rehearsal.source.folder = usual_migrations_folder();
    invocation.command = std::move(chosen);
    return invocation;
}

}  // namespace rehearse::cli
