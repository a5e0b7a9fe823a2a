#include "app/weekly_labels.hpp"

#include <algorithm>
#include <iterator>

namespace rehearse::app {

namespace {

using history::Occurrence;

constexpr double kBeyond = 0.1;

bool is_clearly_over(const Occurrence& run, double limit_ms) {
    return run.migration.elapsed_ms > limit_ms * (1 + kBeyond);
}

bool is_clearly_under(const Occurrence& run, double limit_ms) {
    return run.migration.elapsed_ms < limit_ms * (1 - kBeyond);
}

bool is_clear(const std::string& known, const Occurrence& now) {
    const auto& label = now.migration.label;
    if (known == "ok" && label == "noisy") return is_clearly_over(now, now.run.noisy_ms);
    if (known == "noisy" && label == "rethink") return is_clearly_over(now, now.run.rethink_ms);
    if (known == "rethink" && label == "noisy") return is_clearly_under(now, now.run.rethink_ms);
    if (known == "noisy" && label == "ok") return is_clearly_under(now, now.run.noisy_ms);
    return true;
}

// `before`: the run before this one.
bool is_worth_telling(const Occurrence& known, const Occurrence& before, const Occurrence& now) {
    const auto& label = now.migration.label;
    if (label == known.migration.label) return false;
    const bool is_of_its_time = known.migration.ran_to_end && now.migration.ran_to_end;
    return !is_of_its_time || label == before.migration.label ||
           is_clear(known.migration.label, now);
}

}  // namespace

const Occurrence* known_run(const std::vector<Occurrence>& told) {
    if (told.empty()) return nullptr;
    const auto* known = &told.back();
    const auto* before = known;
    std::for_each(std::next(told.rbegin()), told.rend(), [&](const Occurrence& run) {
        if (run.migration.label == known->migration.label || is_worth_telling(*known, *before, run))
            known = &run;
        before = &run;
    });
    return known;
}

bool is_worth_telling(const Occurrence& known, const std::vector<Occurrence>& told,
                      const Occurrence& now) {
    return is_worth_telling(known, told.front(), now);
}

}  // namespace rehearse::app
