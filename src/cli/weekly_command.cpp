#include "rehearse/app/weekly.hpp"
#include "rehearse/base/redactor.hpp"

#include "cli/live_replay.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"

#include <cstdlib>

namespace rehearse::cli {

namespace {

// It says who may write into the team's channel, so it stays out of arguments and files.
constexpr const char* kWebhook = "REHEARSE_WEBHOOK";

int run_weekly(app::WeeklyOptions options, const RunOptions& run, Context context) {
    options.rehearsal = run.rehearsal;
    if (const char* url = std::getenv(kWebhook)) options.webhook = url;
    context.redactor.add_secret(options.webhook);
    LiveReplay live(context.line, options.rehearsal.thresholds);
    const auto result = app::rehearse_weekly(options, context.runner, context.progress, live);

    for (const auto& name : result.removed) context.progress.note("removed the old run " + name);
    context.progress.note("report: " + (result.rehearsal.folder / "report.html").string());
    std::string text;
    for (const auto& line : result.news) text += line + "\n";
    print(text);
    if (result.undelivered) throw *result.undelivered;
    return result.news.empty() ? 0 : 1;
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
        "Takes the options that 'rehearse --help' lists. Prints what changed, and nothing "
        "where nothing did;\nthe notice also goes to the webhook in REHEARSE_WEBHOOK "
        "(Slack's form).\n"
        "Exit code: 0 nothing changed, 1 something did, else as of a rehearsal.\n\n" +
        weekly.get_footer());
    weekly.callback([run, options, &chosen] {
        chosen = [run, options](Context context) { return run_weekly(*options, *run, context); };
    });
}

}  // namespace rehearse::cli
