#pragma once

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/base/time.hpp"

#include "cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <string_view>

// Kinds of options that several commands take.
namespace rehearse::cli {

// Throws Error(usage): "--noisy does not take 'x'", with what it takes as the hint.
[[noreturn]] void refuse(const std::string& option, const std::string& value,
                         const std::string& expected);

// A span with its unit: 500ms, 30s, 5min. `target` holds the default, which the help shows.
void add_duration(CLI::App& app, const std::string& option, Millis& target,
                  const std::string& help);
// The same without a default.
void add_duration(CLI::App& app, const std::string& option, std::optional<Millis>& target,
                  const std::string& help);

std::optional<Format> format_from(std::string_view word);

// An option that takes one of a few words; the target may be an optional one.
template <typename Value, typename Target>
void add_choice(CLI::App& app, const std::string& option, Target& target,
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

// --format
template <typename Target>
void add_format(CLI::App& app, Target& target) {
    add_choice(app, "--format", target, format_from, "terminal|json|markdown|html|sarif|junit",
               "What goes to stdout [terminal]");
}

// --fail-on; `what_for` says what comes of it.
template <typename Target>
void add_fail_on(CLI::App& app, Target& target, const std::string& what_for) {
    add_choice(app, "--fail-on", target, verdict::fail_on_from, "noisy|rethink|failed|never",
               what_for + " [rethink]");
}

inline constexpr const char* kMaskLiterals =
    "Show '?' for every literal in SQL (all but terminal and json)";

// Judges a saved report with other thresholds where one is given. Throws Error(usage) where noisy
// is over rethink.
void judge_again_if_asked(report::Report& report, std::optional<Millis> noisy,
                          std::optional<Millis> rethink);

// A command with an example under its help.
CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& description,
                      const std::string& example);

}  // namespace rehearse::cli
