#include "app/assemble_report.hpp"

#include <utility>

namespace rehearse::app {

namespace {

// What decides how long a migration takes, as pg_settings names it; the reader compares it with
// production.
const std::vector<std::string> kTimingSettings{"autovacuum",
                                               "checkpoint_timeout",
                                               "effective_cache_size",
                                               "fsync",
                                               "full_page_writes",
                                               "jit",
                                               "lock_timeout",
                                               "maintenance_work_mem",
                                               "max_parallel_maintenance_workers",
                                               "max_wal_size",
                                               "shared_buffers",
                                               "statement_timeout",
                                               "synchronous_commit",
                                               "wal_compression",
                                               "wal_level",
                                               "work_mem"};

report::BasePart base_part(const snapshot::Snapshot& snapshot,
                           const restore::RestoreResult& restored) {
    report::BasePart part;
    part.id = snapshot.name;
    part.restore_ms = restored.restore_elapsed.count();
    part.vacuum_ms = restored.vacuum_elapsed.count();
    return part;
}

report::SamplerPart sampler_part(const observe::SamplerFigures& figures) {
    return {figures.interval.count(), figures.readings, figures.gap_p50.count(),
            figures.gap_p99.count(), figures.longest_gap.count()};
}

}  // namespace

report::SnapshotPart snapshot_part(const snapshot::Snapshot& snapshot, std::string sha256,
                                   WallClock::time_point now) {
    report::SnapshotPart part;
    part.name = snapshot.name;
    part.path = snapshot.path.string();
    part.format = snapshot::to_string(snapshot.format);
    part.taken_at = to_iso8601(snapshot.taken_at);
    part.age_days = snapshot.age_days(now);
    part.server_version = snapshot.server_version.number == 0 ? "" : snapshot.server_version.text();
    part.size_bytes = snapshot.size_bytes;
    part.sha256 = std::move(sha256);
    return part;
}

report::ScratchPart scratch_part(PreparedScratch& scratch, const snapshot::Snapshot& snapshot) {
    report::ScratchPart part;
    part.engine = scratch.engine().name();
    part.image = scratch.engine().image();
    part.server_version = scratch.engine().server_version().text();
    part.settings = pg::AdminSession(scratch.address()).settings(kTimingSettings);
    part.base = base_part(snapshot, scratch.restored());
    return part;
}

void add_migrations(report::Report& report, const plan::ReplayPlan& plan,
                    replay::Observations observations, const verdict::Thresholds& thresholds) {
    std::vector<verdict::Label> labels;
    for (std::size_t i = 0; i < plan.migrations.size(); ++i) {
        const auto& planned = plan.migrations[i];
        const auto observed = std::move(observations.migrations.at(i));
        const auto verdict = verdict::judge({planned, observed}, thresholds);
        labels.push_back(verdict.label);
        report.migrations.push_back(report::migration_part(planned, observed, verdict));
    }
    report.label = to_string(verdict::label_of_run(labels));
    report.noisy_ms = thresholds.noisy.count();
    report.rethink_ms = thresholds.rethink.count();
    report.sampler = sampler_part(observations.sampler);
}

}  // namespace rehearse::app
