#include "cli/options.hpp"

namespace rehearse::cli {

namespace {

Millis duration_of(const std::string& option, const std::string& value) {
    const auto span = parse_duration(value);
    if (!span)
        refuse(option, value, "Give a duration with its unit, such as 500ms, 30s, 5min or 2h.");
    return *span;
}

void add_span(CLI::App& app, const std::string& option, const std::string& help,
              const std::function<void(Millis)>& take) {
    app.add_option_function<std::string>(
           option, [=](const std::string& value) { take(duration_of(option, value)); }, help)
        ->type_name("DURATION");
}

}  // namespace

std::optional<Format> format_from(std::string_view word) {
    if (word == "terminal") return Format::terminal;
    if (word == "json") return Format::json;
    if (word == "markdown") return Format::markdown;
    if (word == "html") return Format::html;
    if (word == "sarif") return Format::sarif;
    if (word == "junit") return Format::junit;
    return std::nullopt;
}

void refuse(const std::string& option, const std::string& value, const std::string& expected) {
    throw Error(ErrorKind::usage, option + " does not take '" + value + "'", {expected});
}

void add_duration(CLI::App& app, const std::string& option, Millis& target,
                  const std::string& help) {
    add_span(app, option, help + " [" + format_limit(target) + "]",
             [&target](Millis span) { target = span; });
}

void add_duration(CLI::App& app, const std::string& option, std::optional<Millis>& target,
                  const std::string& help) {
    add_span(app, option, help, [&target](Millis span) { target = span; });
}

CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& description,
                      const std::string& example) {
    auto& command = *app.add_subcommand(name, description);
    command.footer("Example:\n  " + example);
    return command;
}

void judge_again_if_asked(report::Report& report, std::optional<Millis> noisy,
                          std::optional<Millis> rethink) {
    if (!noisy && !rethink) return;
    const verdict::Thresholds thresholds{noisy.value_or(Millis{report.noisy_ms}),
                                         rethink.value_or(Millis{report.rethink_ms})};
    verdict::check_thresholds(thresholds);
    report::judge_again(report, thresholds);
}

}  // namespace rehearse::cli
