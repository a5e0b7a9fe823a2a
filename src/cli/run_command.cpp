#include "cli/live_replay.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"

namespace rehearse::cli {

namespace {

int run_rehearsal(const RunOptions& options, Context context) {
    LiveReplay live(context.line, options.rehearsal.thresholds);
    const auto result =
        app::rehearse_migrations(options.rehearsal, context.runner, context.progress, live);

    print_report(result.report, options.drawing, result.previous);
    context.progress.note("report: " + (result.folder / "report.json").string());
    if (result.kept) {
        context.progress.note("the scratch keeps running; connect: " + result.kept->connect);
        context.progress.note("remove it: " + result.kept->remove);
    }

    std::vector<verdict::Label> labels;
    for (const auto& migration : result.report.migrations) {
        if (const auto label = verdict::label_from(migration.label)) labels.push_back(*label);
    }
    return verdict::reaches(options.drawing.fail_on, labels) ? 1 : 0;
}

}  // namespace

Command run_command(const RunOptionsPtr& options) {
    return [options](Context context) { return run_rehearsal(*options, context); };
}

void add_run_command(CLI::App& app, const RunOptionsPtr& options, Command& chosen) {
    auto& run =
        add_command(app, "run", "Rehearse the pending migrations (the default)",
                    "rehearse run --snapshot latest --migrations db/migrations --fail-on noisy");
    run.fallthrough();
    run.footer("Takes the options that 'rehearse --help' lists.\n\n" + run.get_footer());
    run.callback([options, &chosen] { chosen = run_command(options); });
}

}  // namespace rehearse::cli
