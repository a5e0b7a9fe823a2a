#include "rehearse/replay/replay.hpp"

#include "rehearse/base/error.hpp"

#include "failure.hpp"
#include "file_run.hpp"
#include "migration_run.hpp"
#include "settings_in_force.hpp"
#include "stage.hpp"

#include <string>

namespace rehearse::replay {

namespace {

// The tool's own history writes: in one transaction, off the clock.
std::optional<pg::ServerError> write_history(const std::vector<std::string>& statements,
                                             pg::PerformerSession& performer) {
    if (statements.empty()) return std::nullopt;
    std::optional<pg::ServerError> error = performer.execute("BEGIN").error;
    for (const std::string& statement : statements) {
        if (!error) error = performer.execute(statement).error;
    }
    if (!error) error = performer.execute("COMMIT").error;
    if (error) performer.execute("ROLLBACK");
    return error;
}

// Rule 7 of the checklist, as production sets them.
void enforce_timeouts(pg::PerformerSession& performer) {
    performer.execute("SET lock_timeout = '5s'");
    performer.execute("SET statement_timeout = '60s'");
}

observe::MigrationObservation replay_migration(const plan::PlannedMigration& planned, Stage& stage,
                                               const ReplayOptions& options,
                                               ReplayListener& listener) {
    const migrations::Migration& migration = planned.migration;
    if (migration.own_session && stage.was_used()) stage.connect_again();
    stage.mark_used();
    if (options.enforce_timeouts) enforce_timeouts(stage.performer());

    SettingsInForce settings{stage.performer(), options.enforce_timeouts};

    const auto refused = write_history(migration.record_before, stage.performer());
    MigrationRun run{stage, settings, options, listener, planned.survey.statements};
    if (refused) {
        run.fail_at_end(*refused);
        return run.take();
    }
    run_file(planned, stage, run);
    if (!run.has_failed()) {
        if (const auto error = write_history(migration.record_after, stage.performer()))
            run.fail_at_end(*error);
    }
    observe::MigrationObservation observation = run.take();
    if (observation.failure) {
        const std::string history = describe_history(migration);
        if (!history.empty()) observation.failure->left_behind.push_back(history);
    }
    return observation;
}

}  // namespace

Observations replay_plan(const plan::ReplayPlan& plan, scratch::ScratchServer& server,
                         const std::string& database, const std::string& marker,
                         const ReplayOptions& options, ReplayListener& listener) {
    Observations observations;
    observations.migrations.resize(plan.migrations.size());
    pg::ConnInfo where = server.address();
    where.dbname = database;
    try {
        Stage stage{where, marker, options, listener};
        for (std::size_t i = 0; i < plan.migrations.size(); ++i) {
            const migrations::Migration& migration = plan.migrations[i].migration;
            listener.migration_begins(i, plan.migrations.size(), migration);
            observations.migrations[i] = in_context("replaying " + migration.path.string(), [&] {
                return replay_migration(plan.migrations[i], stage, options, listener);
            });
            listener.migration_ended(i, migration, observations.migrations[i]);
            if (observations.migrations[i].failure) break;
        }
        if (stage.sampler() != nullptr) observations.sampler = stage.sampler()->figures();
    } catch (Error& error) {
        if (error.kind() == ErrorKind::scratch && error.output_tail().empty())
            error.with_output(server.log_tail(10));
        throw;
    }
    return observations;
}

}  // namespace rehearse::replay
