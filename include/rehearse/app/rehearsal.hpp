#pragma once

#include "rehearse/base/progress.hpp"
#include "rehearse/command/command.hpp"
#include "rehearse/migrations/migration.hpp"
#include "rehearse/plan/plan.hpp"
#include "rehearse/process/process.hpp"
#include "rehearse/replay/replay.hpp"
#include "rehearse/report/report.hpp"
#include "rehearse/scratch/engine.hpp"
#include "rehearse/verdict/verdict.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::app {

// Everything the command line says about one rehearsal.
struct RehearsalOptions {
    std::string snapshot = "latest";
    std::filesystem::path snapshots = ".";
    migrations::SourceOptions source;
    plan::PlanOptions plan;
    // Instead of the two above; without a text there is none. Its history table is the source's.
    command::CommandOptions command;
    std::string since;  // git ref; empty: every pending migration is in the change
    scratch::EngineKind engine = scratch::EngineKind::automatic;
    std::string image;
    std::optional<std::uint64_t> memory_bytes;
    std::optional<double> cpus;
    bool may_pull = true;
    int jobs = 0;  // 0: one a core
    verdict::Thresholds thresholds;
    replay::ReplayOptions replay;
    bool keep_scratch = false;
    bool mask_literals = false;   // in report.md and report.html
    std::filesystem::path out;    // empty: the run's folder in the state directory
    std::filesystem::path state;  // empty: default_state_folder()
    bool keep_history = true;     // record the run in the state folder's history
};

// Where runs and their history are kept.
std::filesystem::path state_folder_of(const RehearsalOptions& options);

struct RehearsalResult {
    report::Report report;
    std::filesystem::path folder;              // where report.json and its fellows are
    report::PreviousRuns previous;             // of its migrations
    std::optional<scratch::KeptScratch> kept;  // --keep-scratch
};

// snapshot -> base -> scratch -> plan -> replay -> observations -> findings -> verdict -> report
// -> history.
RehearsalResult rehearse_migrations(const RehearsalOptions& options, process::ProcessRunner& runner,
                                    Progress& progress, replay::ReplayListener& listener);

}  // namespace rehearse::app
