#include "rehearse/base/error.hpp"
#include "rehearse/verdict/verdict.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace rehearse::verdict {

namespace {

constexpr std::array kLabels{
    std::pair{Label::ok, std::string_view{"ok"}},
    std::pair{Label::noisy, std::string_view{"noisy"}},
    std::pair{Label::not_run, std::string_view{"not_run"}},
    std::pair{Label::rethink, std::string_view{"rethink"}},
    std::pair{Label::failed, std::string_view{"failed"}},
};

constexpr std::array kFailOns{
    std::pair{FailOn::noisy, std::string_view{"noisy"}},
    std::pair{FailOn::rethink, std::string_view{"rethink"}},
    std::pair{FailOn::failed, std::string_view{"failed"}},
    std::pair{FailOn::never, std::string_view{"never"}},
};

template <typename Table, typename Value>
std::string_view name_in(const Table& table, Value value) {
    return std::find_if(table.begin(), table.end(),
                        [&](const auto& row) { return row.first == value; })
        ->second;
}

template <typename Table>
auto value_in(const Table& table, std::string_view name)
    -> std::optional<typename Table::value_type::first_type> {
    for (const auto& [value, text] : table) {
        if (text == name) return value;
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_string(Label label) {
    return name_in(kLabels, label);
}

std::optional<Label> label_from(std::string_view text) {
    return value_in(kLabels, text);
}

std::optional<FailOn> fail_on_from(std::string_view text) {
    return value_in(kFailOns, text);
}

void check_thresholds(const Thresholds& thresholds) {
    if (thresholds.noisy <= thresholds.rethink) return;
    throw Error(
        ErrorKind::usage,
        "--noisy " + format_duration(thresholds.noisy) + " is more than --rethink " +
            format_duration(thresholds.rethink),
        {"A migration is noisy before it is to be re-thought: give --noisy the smaller duration."});
}

Label label_for(Millis elapsed, const Thresholds& thresholds) {
    if (elapsed > thresholds.rethink) return Label::rethink;
    if (elapsed > thresholds.noisy) return Label::noisy;
    return Label::ok;
}

Label label_for(const observe::MigrationObservation& observation, const Thresholds& thresholds) {
    if (!observation.ran) return Label::not_run;
    // A statement that was given up on would have taken longer still: the time it did take says
    // nothing.
    if (observation.failure) return observation.failure->gave_up ? Label::rethink : Label::failed;
    return label_for(observation.elapsed, thresholds);
}

Label worst(const std::vector<Label>& labels) {
    return labels.empty() ? Label::ok : *std::max_element(labels.begin(), labels.end());
}

Label label_of_run(const std::vector<Label>& labels) {
    return labels.empty() ? Label::not_run : worst(labels);
}

bool reaches(FailOn fail_on, const std::vector<Label>& labels) {
    switch (fail_on) {
        case FailOn::never:
            return false;
        case FailOn::noisy:
            return worst(labels) >= Label::noisy;
        // What was not run was not proved either.
        case FailOn::rethink:
            return worst(labels) >= Label::not_run;
        case FailOn::failed:
            return std::any_of(labels.begin(), labels.end(), [](Label label) {
                return label == Label::failed || label == Label::not_run;
            });
    }
    return true;
}

}  // namespace rehearse::verdict
