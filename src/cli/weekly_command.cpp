#include "rehearse/app/weekly.hpp"
#include "rehearse/base/redactor.hpp"
#include "rehearse/base/text.hpp"

#include "cli/live_replay.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"

#include <cstdlib>

namespace rehearse::cli {

namespace {

// It says who may write into the team's channel, so it stays out of arguments and files.
constexpr const char* kWebhook = "REHEARSE_WEBHOOK";

std::string webhook_of_environment() {
    const char* url = std::getenv(kWebhook);
    if (url == nullptr) return {};
    std::string webhook{url};
    // The programs that are started need not know it: a migration can read their environment.
    unsetenv(kWebhook);
    return webhook;
}

int run_weekly(app::WeeklyOptions options, const RunOptions& run, Context context) {
    options.rehearsal = run.rehearsal;
    options.webhook = webhook_of_environment();
    context.redactor.add_secret(options.webhook);
    LiveReplay live(context.line, options.rehearsal.thresholds);
    const auto tell = [&context](const std::vector<std::string>& lines) {
        context.line.clear();
        print(join(lines, "\n") + "\n");
    };
    const auto result = app::rehearse_weekly(options, context.runner, context.progress, live, tell);

    for (const auto& name : result.removed) context.progress.note("removed the old run " + name);
    context.progress.note("report: " + (result.rehearsal.folder / "report.html").string());
    if (result.undelivered) throw *result.undelivered;
    return result.is_news ? 1 : 0;
}

}  // namespace

void add_weekly_command(CLI::App& app, const RunOptionsPtr& run, Command& chosen) {
    auto& weekly = add_command(app, "weekly",
                               "Rehearse everything pending, and tell what changed since last week",
                               "REHEARSE_WEBHOOK=https://hooks.example.org/T0 rehearse weekly "
                               "--snapshots /srv/dumps --migrations db/migrations");
    weekly.fallthrough();
    const auto options = std::make_shared<app::WeeklyOptions>();
    weekly
        .add_option("--keep-runs", options->keep_runs, "Reports that stay in the state folder [12]")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    weekly.footer(
        "Takes the options that 'rehearse --help' lists, without --keep-scratch and --no-history. "
        "Prints\nwhat changed, and nothing where nothing did; the notice also goes to the webhook "
        "in\nREHEARSE_WEBHOOK (Slack's form). Another label is told at once where the time is more "
        "than 10 %\nbeyond the limit, or the run failed, and else when it is the label of two runs "
        "in a row.\n--format and --fail-on are of no use here.\n"
        "Exit code: 0 nothing changed, 1 something did, else as of a rehearsal.\n\n" +
        weekly.get_footer());
    weekly.callback([run, options, &chosen] {
        chosen = [run, options](Context context) { return run_weekly(*options, *run, context); };
    });
}

}  // namespace rehearse::cli
