#include "samples.hpp"

#include "rehearse/base/time.hpp"
#include "rehearse/verdict/verdict.hpp"

#include <algorithm>

namespace rehearse::history::samples {

namespace {

WallClock::time_point start_of(int week_number) {
    return *from_iso8601("2026-09-04T03:00:00Z") + std::chrono::hours(24 * 7 * week_number);
}

}  // namespace

std::string week(int number) {
    return to_iso8601(start_of(number));
}

std::string run_id(int week_number) {
    auto text = to_iso8601(start_of(week_number) + std::chrono::minutes(10));
    std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == 'Z'; });
    std::replace(text.begin(), text.end(), 'T', '-');
    return text + "-0000";
}

report::MigrationPart migration(const std::string& version, const std::string& name,
                                const std::string& label, double elapsed_ms) {
    report::MigrationPart part;
    part.version = version;
    part.name = name;
    part.path = "/srv/app/db/migrations/" + version + "_" + name + ".sql";
    part.label = label;
    part.elapsed_ms = elapsed_ms;
    if (label == "failed") part.error = report::ErrorPart{};
    return part;
}

report::Report weekly(int week_number, std::vector<report::MigrationPart> migrations) {
    report::Report report;
    report.run_id = run_id(week_number);
    report.started_at = to_iso8601(start_of(week_number) + std::chrono::minutes(10));
    report.finished_at = to_iso8601(start_of(week_number) + std::chrono::minutes(20));
    report.snapshot.name = "shop-" + week(week_number).substr(0, 10) + ".dump";
    report.snapshot.taken_at = week(week_number);
    report.snapshot.sha256 = std::string(64, 'a');
    report.scratch.engine = "local";
    report.scratch.server_version = "15.18";
    report.noisy_ms = 30'000;
    report.rethink_ms = 300'000;
    std::vector<verdict::Label> labels;
    for (const auto& part : migrations) labels.push_back(*verdict::label_from(part.label));
    report.label = to_string(verdict::label_of_run(labels));
    report.migrations = std::move(migrations);
    return report;
}

std::vector<Occurrence> backfill(const std::vector<double>& seconds) {
    std::vector<Occurrence> occurrences;
    for (std::size_t i = 0; i < seconds.size(); ++i) {
        const Millis elapsed{seconds[i] * 1'000};
        const std::string label{to_string(verdict::label_for(elapsed, verdict::Thresholds{}))};
        const auto number = static_cast<int>(i);
        const auto report =
            weekly(number, {migration("0042", "backfill_email", label, elapsed.count())});
        const auto run = run_of(report, "/var/lib/rehearse/runs/" + report.run_id);
        occurrences.insert(occurrences.begin(), {run.facts, run.migrations.front()});
    }
    return occurrences;
}

}  // namespace rehearse::history::samples
