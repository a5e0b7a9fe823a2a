#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"

#include "cli/commands.hpp"
#include "cli/terminal.hpp"

namespace rehearse::cli {

namespace {

Millis threshold(const std::string& option, const std::string& text, double otherwise_ms) {
    if (text.empty()) return Millis{otherwise_ms};
    const auto span = parse_duration(text);
    if (!span) {
        throw Error(ErrorKind::usage, option + " does not take '" + text + "'",
                    {"Give a duration with its unit, such as 30s or 5min."});
    }
    return *span;
}

}  // namespace

int run_report(const ReportOptions& options, Context) {
    if (options.schema) {
        print(std::string{report::json_schema()});
        return 0;
    }
    if (options.file.empty()) {
        throw Error(ErrorKind::usage, "no report was given",
                    {"Name one: rehearse report path/to/report.json"});
    }
    if (!fs::exists(options.file)) {
        throw Error(ErrorKind::usage, "there is no file " + options.file,
                    {"Name the report.json of an earlier run. Runs keep theirs in " +
                     (default_state_folder() / "runs").string() + " unless --out says otherwise."});
    }
    auto report = in_context("reading " + options.file,
                             [&] { return report::parse_json(read_file(options.file)); });
    if (!options.noisy.empty() || !options.rethink.empty()) {
        report::judge_again(report, {threshold("--noisy", options.noisy, report.noisy_ms),
                                     threshold("--rethink", options.rethink, report.rethink_ms)});
    }
    print_report(report, options.format, options.mask_literals);
    return 0;
}

}  // namespace rehearse::cli
