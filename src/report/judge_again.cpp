#include "rehearse/report/report.hpp"

#include <algorithm>

namespace rehearse::report {

namespace {

bool ran_to_its_end(const MigrationPart& migration) {
    const auto gave_up = [](const StatementPart& statement) { return statement.gave_up; };
    return !migration.error && migration.label != to_string(verdict::Label::not_run) &&
           std::none_of(migration.statements.begin(), migration.statements.end(), gave_up);
}

}  // namespace

void judge_again(Report& report, const verdict::Thresholds& thresholds) {
    std::vector<verdict::Label> labels;
    for (auto& migration : report.migrations) {
        if (ran_to_its_end(migration)) {
            const Millis elapsed{migration.elapsed_ms};
            const auto label = verdict::label_for(elapsed, thresholds);
            migration.label = to_string(label);
            migration.because = verdict::because_of_time(elapsed, label, thresholds);
        }
        labels.push_back(verdict::label_from(migration.label).value_or(verdict::Label::failed));
    }
    report.label = to_string(verdict::label_of_run(labels));
    report.noisy_ms = thresholds.noisy.count();
    report.rethink_ms = thresholds.rethink.count();
}

}  // namespace rehearse::report
