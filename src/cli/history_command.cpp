#include "rehearse/history/render.hpp"
#include "rehearse/history/store.hpp"

#include "cli/options.hpp"
#include "cli/terminal.hpp"

#include <unistd.h>

namespace rehearse::cli {

namespace {

struct HistoryOptions {
    std::string migration;  // empty: all runs
    history::Shown shown;
    Format format = Format::terminal;
};

std::optional<Format> history_format_from(std::string_view word) {
    if (word == "terminal") return Format::terminal;
    if (word == "json") return Format::json;
    return std::nullopt;
}

void print_runs(const std::vector<history::Run>& runs, const HistoryOptions& options) {
    print(options.format == Format::json ? history::runs_json(runs)
                                         : history::render_runs(runs, style_of(STDOUT_FILENO)));
}

void print_migration(const history::HistoryStore& store, const HistoryOptions& options) {
    const auto keys = store.migrations();
    const auto occurrences = store.of_migration(history::find_migration(options.migration, keys));
    print(options.format == Format::json
              ? history::migration_json(occurrences, options.shown.last)
              : history::render_migration(occurrences, options.shown, WallClock::now(),
                                          style_of(STDOUT_FILENO)));
}

int run_history(const fs::path& state, const HistoryOptions& options, Context context) {
    const auto file = history::history_file(state);
    if (!fs::exists(file) && options.migration.empty()) {
        print_runs({}, options);
        context.progress.note("no run is in the history " + file.string() + " yet");
        return 0;
    }
    const history::HistoryStore store(file, history::HistoryStore::Access::read);
    if (options.migration.empty()) {
        print_runs(store.runs(options.shown.last), options);
    } else {
        print_migration(store, options);
    }
    return 0;
}

}  // namespace

void add_history_command(CLI::App& app, const RunOptionsPtr& run, Command& chosen) {
    auto& command =
        add_command(app, "history", "The runs so far, or those of one migration and their trend",
                    "rehearse history\n  rehearse history 0042_backfill_email --last 10");
    const auto options = std::make_shared<HistoryOptions>();
    auto* migration =
        command.add_option("MIGRATION", options->migration,
                           "Its version, name or path, or a part of them that no other has");
    command
        .add_option("--last", options->shown.last,
                    "How many of the newest runs, or weeks, to show [20]")
        ->type_name("N")
        ->check(CLI::Range(1, 1'000'000));
    command
        .add_flag("--runs", options->shown.every_run,
                  "Every run, as in JSON; else one line a week: its newest run of the SQL of today "
                  "that was timed to its end")
        ->needs(migration);
    add_choice(command, "--format", options->format, history_format_from, "terminal|json",
               "What goes to stdout [terminal]");
    // For --state, which is also in rehearse.toml.
    command.fallthrough();
    command.callback([run, options, &chosen] {
        chosen = [run, options](Context context) {
            return run_history(app::state_folder_of(run->rehearsal), *options, context);
        };
    });
}

}  // namespace rehearse::cli
