#include "publish/texts.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include <algorithm>

namespace rehearse::publish {

namespace {

constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
constexpr std::size_t kLongestName = 50;
constexpr std::size_t kLongestSummary = 65'000;  // of a check run, which takes 65,535 characters

bool reaches_fail_on(const report::Report& report, verdict::FailOn fail_on) {
    std::vector<verdict::Label> labels;
    for (const auto& migration : report.migrations) {
        if (const auto label = verdict::label_from(migration.label)) labels.push_back(*label);
    }
    return verdict::reaches(fail_on, labels);
}

std::string without_carriage_returns(std::string text) {
    std::erase(text, '\r');
    return std::string{trimmed(text)};
}

}  // namespace

std::string marker_text(const std::string& name) {
    if (name.empty()) return "<!-- rehearse:report -->";
    if (name.size() > kLongestName || name.find("--") != std::string::npos ||
        name.find_first_not_of(kNameCharacters) != std::string::npos) {
        throw Error(ErrorKind::usage, "--marker does not take '" + name + "'",
                    {"Give at most " + std::to_string(kLongestName) +
                     " letters, digits, dots, underscores and single hyphens."});
    }
    return "<!-- rehearse:report:" + name + " -->";
}

std::string context_name(const std::string& marker) {
    return marker.empty() ? "rehearse" : "rehearse/" + marker;
}

std::string comment_body(const report::Report& report, const PublishOptions& options,
                         std::size_t limit) {
    const auto marker = marker_text(options.marker) + "\n";
    return marker + render_markdown(report, {.mask_literals = options.mask_literals,
                                             .size_limit = limit - marker.size()});
}

bool same_text(const std::string& ours, const std::string& theirs) {
    return without_carriage_returns(ours) == without_carriage_returns(theirs);
}

bool has_label(const report::Report& report, std::string_view label) {
    return std::any_of(report.migrations.begin(), report.migrations.end(),
                       [&](const auto& m) { return m.in_change && m.label == label; });
}

Status status_of(const report::Report& report, const PublishOptions& options) {
    return {.context = context_name(options.marker),
            .passed = !reaches_fail_on(report, options.fail_on),
            .description = public_verdict(report, options.mask_literals),
            .summary = render_markdown(
                report, {.mask_literals = options.mask_literals, .size_limit = kLongestSummary}),
            .annotations = annotations_of(report, options)};
}

}  // namespace rehearse::publish
