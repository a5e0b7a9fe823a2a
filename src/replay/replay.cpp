#include "rehearse/replay/replay.hpp"

#include "rehearse/base/error.hpp"

#include "failure.hpp"
#include "file_run.hpp"
#include "migration_run.hpp"
#include "settings_in_force.hpp"
#include "shared_transaction.hpp"
#include "stage.hpp"

#include <span>
#include <string>
#include <utility>
#include <vector>

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

using Planned = std::span<const plan::PlannedMigration>;

// What the tool says of a migration that has failed.
void add_after_failure(observe::MigrationObservation& observation,
                       const migrations::Migration& migration) {
    if (observation.failure && !migration.after_failure.empty())
        observation.failure->left_behind.push_back(migration.after_failure);
}

observe::MigrationObservation replay_migration(const plan::PlannedMigration& planned, Stage& stage,
                                               const ReplayOptions& options,
                                               ReplayListener& listener) {
    const migrations::Migration& migration = planned.migration;
    if (migration.through_psql && stage.was_used()) stage.connect_again();
    stage.mark_used();
    const auto refused = write_history(migration.record_before, stage.performer());
    if (options.enforce_timeouts) enforce_timeouts(stage.performer());
    SettingsInForce settings{stage.performer(), options.enforce_timeouts};
    const FileRun file{migration, stage};
    MigrationRun run{stage, settings, options, listener, planned.survey.statements};
    if (refused) {
        run.fail_at_end(*refused);
        return run.take();
    }
    file.run(run);
    if (!run.has_failed()) {
        if (const auto error = write_history(migration.record_after, stage.performer()))
            run.fail_at_end(*error);
    }
    observe::MigrationObservation observation = run.take();
    add_after_failure(observation, migration);
    return observation;
}

// All of them in one transaction.
std::vector<observe::MigrationObservation> replay_together(Planned planned, std::size_t first,
                                                           std::size_t count, Stage& stage,
                                                           const ReplayOptions& options,
                                                           ReplayListener& listener) {
    stage.mark_used();
    std::optional<pg::ServerError> refused;
    std::uint64_t statements = 0;
    for (const auto& one : planned) {
        if (!refused) refused = write_history(one.migration.record_before, stage.performer());
        statements += one.survey.statements;
    }
    if (options.enforce_timeouts) enforce_timeouts(stage.performer());
    SettingsInForce settings{stage.performer(), options.enforce_timeouts};
    std::vector<FileRun> files;
    for (const auto& one : planned) files.emplace_back(one.migration, stage);
    MigrationRun run{stage, settings, options, listener, statements};
    if (refused) run.fail_at_end(*refused);
    std::vector<MigrationEnd> ends;
    if (!refused) run.begin();
    for (std::size_t i = 0; i < planned.size() && !(run.has_failed() && i > 0); ++i) {
        listener.migration_begins(first + i, count, planned[i].migration);
        if (!run.has_failed()) files[i].run(run);
        if (i + 1 == planned.size() && !run.has_failed() && run.in_transaction()) run.commit();
        ends.push_back(run.end_migration());
    }
    auto observations = split_by_migration(run.take(), ends);
    observe::MigrationObservation& last = observations.back();
    if (last.failure && observations.size() > 1)
        last.failure->left_behind.push_back(describe_rolled_back(observations.size() - 1));
    add_after_failure(last, planned[observations.size() - 1].migration);
    return observations;
}

// How many of the plan from here on run in one transaction.
std::size_t count_together(Planned planned) {
    std::size_t count = 0;
    while (count < planned.size() && planned[count].migration.transaction_mode ==
                                         migrations::TransactionMode::one_transaction_for_all)
        ++count;
    return count;
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
        const Planned all{plan.migrations};
        for (std::size_t i = 0; i < all.size();) {
            const migrations::Migration& migration = all[i].migration;
            const std::size_t together = count_together(all.subspan(i));
            auto observed = in_context("replaying " + migration.path.string(), [&] {
                if (together > 0) {
                    return replay_together(all.subspan(i, together), i, all.size(), stage, options,
                                           listener);
                }
                listener.migration_begins(i, all.size(), migration);
                return std::vector{replay_migration(all[i], stage, options, listener)};
            });
            bool has_failed = false;
            for (auto& one : observed) {
                has_failed |= one.failure.has_value();
                observations.migrations[i] = std::move(one);
                listener.migration_ended(i, all[i].migration, observations.migrations[i]);
                ++i;
            }
            if (has_failed) break;
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
