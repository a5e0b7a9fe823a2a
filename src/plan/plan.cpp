#include "rehearse/plan/plan.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include <algorithm>
#include <utility>

namespace rehearse::plan {

namespace {

using migrations::Migration;

std::string known_range(const std::vector<Migration>& pending) {
    if (pending.empty()) return "No migration is pending.";
    if (pending.size() == 1) return "Only " + pending.front().version + " is pending.";
    return "Pending are " + pending.front().version + " to " + pending.back().version + ".";
}

// Throws Error(usage) where no pending migration is meant.
std::size_t index_of(const std::vector<Migration>& pending, const std::string& wanted,
                     const char* option) {
    for (std::size_t i = 0; i < pending.size(); ++i) {
        if (is_meant_by(pending[i], wanted)) return i;
    }
    std::vector<std::string> known;
    for (const Migration& migration : pending) known.push_back(migration.version);
    Error error(ErrorKind::usage,
                std::string(option) + " " + wanted + ": no pending migration has this version");
    if (const auto near = nearest(wanted, known)) error.with_hint("Did you mean " + *near + "?");
    throw error.with_hint(known_range(pending));
}

// Which of the pending ones are replayed, in their order.
std::vector<bool> chosen(const std::vector<Migration>& pending, const PlanOptions& options) {
    std::vector<bool> take(pending.size(), options.only.empty());
    for (const std::string& version : options.only)
        take[index_of(pending, version, "--only")] = true;
    if (options.until.empty()) return take;
    const std::size_t last = index_of(pending, options.until, "--until");
    std::fill(take.begin() + static_cast<std::ptrdiff_t>(last) + 1, take.end(), false);
    return take;
}

}  // namespace

std::vector<Migration> selected(const std::vector<Migration>& pending, const PlanOptions& options) {
    const auto take = chosen(pending, options);
    std::vector<Migration> left;
    for (std::size_t i = 0; i < pending.size(); ++i) {
        if (take[i]) left.push_back(pending[i]);
    }
    return left;
}

ReplayPlan plan_replay(const std::vector<Migration>& pending, const PlanOptions& options) {
    ReplayPlan plan;
    for (Migration& migration : selected(pending, options)) {
        FileSurvey survey = survey_file(migration);
        plan.migrations.push_back({std::move(migration), std::move(survey)});
    }
    return plan;
}

}  // namespace rehearse::plan
