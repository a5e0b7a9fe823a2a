#include "rehearse/app/rehearsal.hpp"

#include "rehearse/app/previous_runs.hpp"
#include "rehearse/app/snapshots.hpp"
#include "rehearse/base/error.hpp"
#include "rehearse/snapshot/remote.hpp"

#include "app/assemble_report.hpp"
#include "app/pending.hpp"
#include "app/prepare_scratch.hpp"
#include "app/run_folder.hpp"
#include "app/run_history.hpp"
#include "app/warnings.hpp"
#include "app/write_report.hpp"

#include <future>

namespace rehearse::app {

namespace {

// What a killed run left: no server may go on running, and no copy of production may stay.
void sweep_first(process::ProcessRunner& runner, Progress& progress) {
    for (const auto& removed : sweep_leftovers(runner)) {
        progress.note("left by a killed run: " + removed);
    }
}

fs::path report_path(const RehearsalOptions& options, const RunFolder& run) {
    if (!options.out.empty()) return options.out;
    return state_folder_of(options) / "runs" / run.id();
}

// pg_dump -s of the scratch, so that a reviewer can read what the migrations made of the schema.
void dump_schema(PreparedScratch& scratch, const fs::path& file) {
    scratch::ClientTool tool;
    tool.program = "pg_dump";
    tool.args = {"--schema-only"};
    tool.dbname = scratch.restored().database;
    tool.stdout_file = file;
    const auto result = scratch.engine().run_client_tool(scratch.server(), tool);
    if (!result.ok()) {
        throw Error(ErrorKind::scratch, "pg_dump of the scratch's schema failed")
            .with_output(result.err);
    }
}

// What ran, whichever way, and what was seen of it.
struct Performed {
    plan::ReplayPlan plan;
    replay::Observations observations;
};

// The tool's own command, which finds its migrations itself.
Performed run_command(const RehearsalOptions& options, PreparedScratch& scratch,
                      const ReportFolder& folder, const std::string& run_id,
                      std::vector<std::string>& warnings, process::ProcessRunner& runner,
                      Progress& progress, replay::ReplayListener& listener) {
    auto command = options.command;
    command.history_table = options.source.history_table;
    const command::CommandPlace place{scratch.server(), scratch.restored().database, run_id,
                                      folder.draft("command.log"), folder.draft("command.sql")};
    auto outcome = command::run_command(command, place, options.replay, runner, progress, listener);
    for (const auto& warning : outcome.warnings) progress.warn(warning);
    warnings.insert(warnings.end(), outcome.warnings.begin(), outcome.warnings.end());
    return {std::move(outcome.plan), std::move(outcome.observations)};
}

}  // namespace

fs::path state_folder_of(const RehearsalOptions& options) {
    return options.state.empty() ? default_state_folder() : options.state;
}

RehearsalResult rehearse_migrations(const RehearsalOptions& options, process::ProcessRunner& runner,
                                    Progress& progress, replay::ReplayListener& listener) {
    report::Report report;
    report.tool_version = REHEARSE_VERSION;
    report.started_at = to_iso8601(WallClock::now());

    verdict::check_thresholds(options.thresholds);
    pg::forget_environment();
    sweep_first(runner, progress);
    const bool has_command = !options.command.text.empty();
    const auto source_options = source_options_of(options, runner);
    const auto source = has_command ? nullptr : migrations::open_source(source_options);
    if (source) check_files_early(*source, source_options, progress);
    const auto [snapshot, skipped] = snapshot::find_snapshot_anywhere(
        options.snapshot, options.snapshots, default_cache_folder(), runner, progress);
    add_snapshot_warnings(report.warnings, snapshot, skipped, progress);

    RunFolder run;
    report.run_id = run.id();
    const ReportFolder folder(report_path(options, run), run.path());

    auto checksum = std::async(std::launch::async,
                               [&, &chosen = snapshot] { return sha256_of(chosen, runner); });
    PreparedScratch scratch(choose_engine(options, run, snapshot, runner, progress), snapshot,
                            options, progress);
    report.snapshot = snapshot_part(snapshot, checksum.get(), WallClock::now());
    report.scratch = scratch_part(scratch, snapshot);
    add_restore_warnings(report.warnings, scratch.restored());

    Performed performed;
    if (source) {
        performed.plan =
            plan_pending(*source, scratch, options, source_options, report.warnings, progress);
    }
    dump_schema(scratch, folder.draft("schema-before.sql"));
    if (source) {
        performed.observations =
            replay::replay_plan(performed.plan, scratch.server(), scratch.restored().database,
                                run.id(), options.replay, listener);
    } else {
        performed = run_command(options, scratch, folder, run.id(), report.warnings, runner,
                                progress, listener);
    }
    dump_schema(scratch, folder.draft("schema-after.sql"));

    add_migrations(report, performed.plan, std::move(performed.observations), options.thresholds);
    report.finished_at = to_iso8601(WallClock::now());
    auto previous = previous_runs(state_folder_of(options), report, folder.path());
    folder.publish(report, previous, options.mask_literals);
    if (options.keep_history) {
        record_in_history(state_folder_of(options), report, folder.path(), progress);
    }

    RehearsalResult result{std::move(report), folder.path(), std::move(previous), {}};
    if (options.keep_scratch) {
        result.kept = scratch.keep();
        run.keep();
    }
    return result;
}

}  // namespace rehearse::app
