#pragma once

#include "rehearse/plan/plan.hpp"
#include "rehearse/replay/replay.hpp"
#include "rehearse/report/report.hpp"
#include "rehearse/restore/restore.hpp"
#include "rehearse/snapshot/snapshot.hpp"
#include "rehearse/verdict/verdict.hpp"

#include "app/prepare_scratch.hpp"

namespace rehearse::app {

report::SnapshotPart snapshot_part(const snapshot::Snapshot& snapshot, std::string sha256,
                                   WallClock::time_point now);
report::ScratchPart scratch_part(PreparedScratch& scratch, const snapshot::Snapshot& snapshot);

// Judges every migration; fills the report's migrations and its label. Takes the observations, so
// that what is reported is not held twice.
void add_migrations(report::Report& report, const plan::ReplayPlan& plan,
                    replay::Observations observations, const verdict::Thresholds& thresholds);

}  // namespace rehearse::app
