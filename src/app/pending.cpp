#include "app/pending.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/migrations/change.hpp"
#include "rehearse/snapshot/remote.hpp"

#include "app/dump_history.hpp"
#include "app/warnings.hpp"

#include <algorithm>

namespace rehearse::app {

namespace {

migrations::Pending ask(const migrations::MigrationSource& source,
                        const migrations::SourceOptions& options,
                        migrations::HistoryReader& snapshot) {
    const auto by_history = migrations::open_by_history(source, options, snapshot);
    return (by_history ? *by_history : source).pending(snapshot);
}

migrations::Pending ask_history(const migrations::MigrationSource& source,
                                const migrations::SourceOptions& options,
                                const PreparedScratch& scratch) {
    pg::AdminSession session(scratch.address());
    return ask(source, options, *migrations::history_in(session));
}

// nullopt where only a restored database can tell.
std::optional<migrations::Pending> ask_dump(const migrations::MigrationSource& source,
                                            const migrations::SourceOptions& options,
                                            const snapshot::Snapshot& snapshot,
                                            process::ProcessRunner& runner, Progress& progress) {
    try {
        return ask(source, options, *history_in_dump(snapshot, runner));
    } catch (const NeedsRestore& reason) {
        progress.note(snapshot.name +
                      " must be restored to read the history from it: " + reason.what());
        return std::nullopt;
    }
}

void mark_change(plan::ReplayPlan& plan, const std::vector<fs::path>& added) {
    for (auto& planned : plan.migrations) {
        const auto path = fs::weakly_canonical(planned.migration.path);
        planned.in_change = std::find(added.begin(), added.end(), path) != added.end();
    }
}

}  // namespace

migrations::SourceOptions source_options_of(const RehearsalOptions& options,
                                            process::ProcessRunner& runner) {
    auto source = options.source;
    if (!options.since.empty()) {
        source.added = migrations::files_added_since(options.since, source.folder, runner);
    }
    return source;
}

void check_files_early(const migrations::MigrationSource& source,
                       const migrations::SourceOptions& options, Progress& progress) {
    const bool all_are_pending = source.tool() == "plain" && options.history_query.empty() &&
                                 options.pending_from.empty() && !options.added;
    for (const auto& migration : source.all()) {
        try {
            plan::survey_file(migration);
        } catch (const Error& error) {
            if (all_are_pending) throw;
            progress.warn(error.message() +
                          " (this stops the rehearsal if the migration is pending)");
        }
    }
}

plan::ReplayPlan plan_pending(const migrations::MigrationSource& source,
                              const PreparedScratch& scratch, const RehearsalOptions& options,
                              const migrations::SourceOptions& source_options,
                              std::vector<std::string>& warnings, Progress& progress) {
    progress.begin("reading the history");
    const auto pending = ask_history(source, source_options, scratch);
    progress.end(pending.seen);
    add_source_warnings(warnings, pending, progress);
    auto plan = plan::plan_replay(pending.migrations, options.plan);
    if (source_options.added) mark_change(plan, *source_options.added);
    return plan;
}

PendingOnSnapshot pending_migrations(const RehearsalOptions& options,
                                     process::ProcessRunner& runner, Progress& progress) {
    pg::forget_environment();
    const auto source_options = source_options_of(options, runner);
    const auto source = migrations::open_source(source_options);
    const auto choice = snapshot::find_snapshot_anywhere(options.snapshot, options.snapshots,
                                                         default_cache_folder(), runner, progress);
    auto pending = ask_dump(*source, source_options, choice.snapshot, runner, progress);
    if (!pending) {
        RunFolder run;
        PreparedScratch scratch(choose_engine(options, run, choice.snapshot, runner, progress),
                                choice.snapshot, options, progress);
        pending = ask_history(*source, source_options, scratch);
    }
    return {*std::move(pending), source_options.added};
}

}  // namespace rehearse::app
