#include "rehearse/app/previous_runs.hpp"
#include "rehearse/base/error.hpp"

#include "cli/options.hpp"
#include "cli/saved_report.hpp"
#include "cli/terminal.hpp"

namespace rehearse::cli {

namespace {

struct ReportOptions {
    std::string file;
    std::optional<Millis> noisy, rethink;
    bool schema = false;
    std::optional<Format> format;
    std::optional<verdict::FailOn> fail_on;
    bool mask_literals = false;
};

// What stands before the command's name or in rehearse.toml counts for it, too.
Drawing drawing_of(const ReportOptions& options, const RunOptions& run) {
    Drawing drawing = run.drawing;
    drawing.format = options.format.value_or(drawing.format);
    drawing.fail_on = options.fail_on.value_or(drawing.fail_on);
    drawing.mask_literals = drawing.mask_literals || options.mask_literals;
    return drawing;
}

// Only a page links to them.
report::PreviousRuns previous_of(const report::Report& report, const Drawing& drawing,
                                 const ReportOptions& options, const RunOptions& run) {
    if (drawing.format != Format::html) return {};
    return app::previous_runs(app::state_folder_of(run.rehearsal), report,
                              fs::path(options.file).parent_path());
}

int run_report(const ReportOptions& options, const RunOptions& run) {
    if (options.schema) {
        print(std::string{report::json_schema()});
        return 0;
    }
    if (options.file.empty()) {
        throw Error(ErrorKind::usage, "no report was given",
                    {"Name one: rehearse report path/to/report.json"});
    }
    auto report = read_saved_report(options.file);
    judge_again_if_asked(report, options.noisy, options.rethink);
    const auto drawing = drawing_of(options, run);
    print_report(report, drawing, previous_of(report, drawing, options, run));
    return 0;
}

}  // namespace

void add_report_command(CLI::App& app, const RunOptionsPtr& run, Command& chosen) {
    auto& report =
        add_command(app, "report", "Draw a saved report.json again, with other thresholds if asked",
                    "rehearse report report.json --format markdown --noisy 10s");
    const auto options = std::make_shared<ReportOptions>();
    report.add_option("FILE", options->file, "report.json of an earlier run");
    add_duration(report, "--noisy", options->noisy, "Judge with this threshold");
    add_duration(report, "--rethink", options->rethink, "Judge with this threshold");
    report.add_flag("--schema", options->schema, "Print the JSON Schema of report.json");
    add_format(report, options->format);
    add_fail_on(report, options->fail_on, "What is a failure in junit, from this label on");
    report.add_flag("--mask-literals", options->mask_literals, kMaskLiterals);
    report.callback([options, run, &chosen] {
        chosen = [options, run](Context) { return run_report(*options, *run); };
    });
}

}  // namespace rehearse::cli
