#include "migration_run.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/interrupt.hpp"

#include "failure.hpp"
#include "text_position.hpp"
#include "violations.hpp"

#include <algorithm>
#include <utility>

namespace rehearse::replay {

namespace {

using observe::Evidence;
using sql::StatementKind;
using sql::TransactionUse;

bool ends_transaction(StatementKind kind) {
    return kind == StatementKind::commit || kind == StatementKind::rollback;
}

// BEGIN and COMMIT around it make no difference but that its locks can be read; or the server says
// that it will not have them. SET takes none.
bool can_be_wrapped(const sql::Classification& classification) {
    switch (classification.transaction_use) {
        case TransactionUse::allowed:
        case TransactionUse::may_be_refused:
        case TransactionUse::may_commit:
            return classification.kind != StatementKind::set &&
                   classification.kind != StatementKind::reset;
        case TransactionUse::forbidden:
        case TransactionUse::needs_block:
        case TransactionUse::is_control:
            return false;
    }
    return false;
}

// With its lock held until our COMMIT, the readings before it would wait for what they read.
bool locks_the_catalog(const sql::Classification& classification) {
    return (classification.kind == StatementKind::reindex ||
            classification.kind == StatementKind::cluster) &&
           std::any_of(classification.relations.begin(), classification.relations.end(),
                       [](const pg::RelationName& relation) {
                           return relation.schema == "pg_catalog" ||
                                  (relation.schema.empty() && relation.name.starts_with("pg_"));
                       });
}

bool changes_the_database(const sql::Classification& classification) {
    return classification.transaction_use != TransactionUse::is_control &&
           classification.kind != StatementKind::set &&
           classification.kind != StatementKind::reset &&
           classification.kind != StatementKind::select;
}

// 25001: cannot run inside a transaction block. 2D000: a procedure that it calls commits. The text
// alone did not tell; outside of a block the statement may well succeed.
bool is_refused_for_the_wrapping(const pg::ServerError& error) {
    return error.sqlstate.is("25001") || error.sqlstate.is("2D000");
}

// A lock that was waited for was then held, unless the statement failed.
void name_waits(observe::MigrationObservation& observation) {
    for (auto& statement : observation.statements) {
        for (observe::LockWait& wait : statement.waits) {
            const auto hold =
                std::find_if(observation.holds.begin(), observation.holds.end(),
                             [&](const auto& h) { return h.relation_oid == wait.relation_oid; });
            if (hold != observation.holds.end()) wait.relation = hold->relation;
        }
    }
}

// An index that a concurrent command locks for itself alone is dead by then: no plan opens it.
void spare_dead_indexes(observe::MigrationObservation& observation) {
    for (observe::LockHold& hold : observation.holds) {
        const auto taker = std::lower_bound(
            observation.statements.begin(), observation.statements.end(), hold.acquired_by,
            [](const auto& statement, std::size_t ordinal) { return statement.ordinal < ordinal; });
        if (taker == observation.statements.end() || taker->ordinal != hold.acquired_by ||
            !taker->classification.concurrently) {
            continue;
        }
        hold.table_oid = 0;
        hold.table = {};
    }
}

}  // namespace

MigrationRun::MigrationRun(Stage& stage, SettingsInForce& settings, const ReplayOptions& options,
                           ReplayListener& listener, std::uint64_t statements)
    : stage_{stage},
      settings_{settings},
      options_{options},
      listener_{listener},
      statements_{statements} {
    if (stage_.witness() != nullptr) stage_.witness()->migration_begins();
}

bool MigrationRun::send(const Cue& cue) {
    Statement statement = new_statement(cue);
    observe::Witness* witness = stage_.witness();
    const StatementKind kind = cue.classification.kind;
    const bool was_open = in_transaction();
    if (witness != nullptr && was_open) {
        if (ends_transaction(kind)) {
            witness->before_end(clock_);
        } else {
            witness->before_statement(cue.classification, clock_);
        }
    }
    pg::ExecuteResult result = perform(cue, observe::poll_for(cue.classification));
    take_result(cue, statement, result);
    if (statement.error) return fail(cue, std::move(statement));
    settings_.statement_ran(cue.classification, cue.sql);

    const bool is_open = in_transaction();
    const bool has_ended = was_open && (!is_open || ends_transaction(kind));
    if (is_open && (!was_open || has_ended)) opened_by_ = statement.ordinal;
    bool took_blocking_lock = false;
    if (witness != nullptr) {
        // Outside of transactions only what takes no lock comes here.
        statement.evidence = was_open || is_open ? Evidence::exact : Evidence::text;
        if (is_open && !has_ended) {
            observe::StatementReading reading =
                witness->after_statement(finished(cue, statement), false);
            took_blocking_lock = reading.took_blocking_lock;
            take_reading(statement, reading);
        }
    }
    if (changes_the_database(cue.classification)) ++in_open_transaction_;
    undone_.add(cue.sql, cue.classification);
    if (has_ended || !is_open) count_committed(kind);
    const bool folded = record(std::move(statement), took_blocking_lock);
    if (has_ended)
        transaction_ended(!folded, kind == StatementKind::rollback ? observe::Ending::rolled_back
                                                                   : observe::Ending::committed);
    return true;
}

bool MigrationRun::send_alone(const Cue& cue) {
    const TransactionUse use = cue.classification.transaction_use;
    observe::Witness* witness = stage_.witness();
    if (witness == nullptr) return send(cue);
    const bool is_bare = use == TransactionUse::forbidden ||
                         locks_the_catalog(cue.classification) ||
                         witness->may_commit(cue.classification);
    if (!is_bare && can_be_wrapped(cue.classification))
        return send_wrapped(cue, new_statement(cue));
    leave_block();
    return is_bare ? send_watched(cue, new_statement(cue)) : send(cue);
}

bool MigrationRun::send_wrapped(const Cue& cue, Statement statement) {
    observe::Witness& witness = *stage_.witness();
    const bool changes_schema_only = witness.before_wrapped(cue.classification);
    if (!changes_schema_only) leave_block();
    open_block();
    pg::ExecuteResult result = perform(cue, observe::poll_for(cue.classification));
    if (result.error && is_refused_for_the_wrapping(*result.error)) {
        stage_.performer().execute("ROLLBACK");
        stage_.sampler()->take_holds();
        clock_ = statement.started;
        return send_watched(cue, std::move(statement));
    }
    statement.wrapped = true;
    take_result(cue, statement, result);
    if (statement.error) return fail(cue, std::move(statement));

    observe::StatementReading reading = witness.after_statement(finished(cue, statement), true);
    take_reading(statement, reading);
    if (changes_the_database(cue.classification)) ++in_open_transaction_;
    begun_ahead_ =
        changes_schema_only && !SettingsInForce::may_be_changed_by(cue.classification, cue.sql);
    pg::ExecuteResult committed = end_transaction(begun_ahead_ ? "COMMIT AND CHAIN" : "COMMIT");
    if (committed.error) begun_ahead_ = false;
    statement.commit_elapsed = committed.elapsed;
    statement.error = std::move(committed.error);
    statement.gave_up = committed.cancelled_by_us;
    if (statement.error) return fail(cue, std::move(statement));
    settings_.statement_ran(cue.classification, cue.sql);
    witness.wrapped_committed();
    count_committed(StatementKind::commit);
    const bool folded = record(std::move(statement), reading.took_blocking_lock);
    transaction_ended(!folded, observe::Ending::committed);
    return true;
}

void MigrationRun::open_block() {
    if (!std::exchange(begun_ahead_, false)) stage_.performer().execute("BEGIN");
}

void MigrationRun::leave_block() {
    if (std::exchange(begun_ahead_, false)) stage_.performer().execute("ROLLBACK");
}

// Outside of a transaction block, with what can be seen of it from beside: samples while it runs,
// and the catalog before and after.
bool MigrationRun::send_watched(const Cue& cue, Statement statement) {
    observe::Witness& witness = *stage_.witness();
    witness.before_bare(cue.classification);
    pg::ExecuteResult result = perform(cue, observe::PollFor::all_locks);
    take_result(cue, statement, result);
    observe::StatementReading reading =
        witness.after_bare(finished(cue, statement), stage_.sampler()->take_holds());
    take_reading(statement, reading);
    if (statement.error) {
        std::vector<std::string> left = describe_invalid_indexes(reading.left_invalid);
        const StatementKind kind = cue.classification.kind;
        if (kind == StatementKind::do_block || kind == StatementKind::call)
            left.push_back(describe_own_commits());
        return fail(cue, std::move(statement), std::move(left));
    }
    settings_.statement_ran(cue.classification, cue.sql);
    ++committed_;
    record(std::move(statement), reading.took_blocking_lock);
    return true;
}

void MigrationRun::adopt_begin(const Cue& cue) {
    Statement statement = new_statement(cue);
    statement.command_tag = "BEGIN";
    if (stage_.witness() != nullptr) statement.evidence = Evidence::exact;
    record(std::move(statement), false);
}

bool MigrationRun::commit() {
    if (stage_.witness() != nullptr) stage_.witness()->before_end(clock_);
    pg::ExecuteResult result = end_transaction("COMMIT");
    Statement* last = recorder_.last();
    if (last != nullptr) {
        last->commit_elapsed = last->commit_elapsed.value_or(Millis{}) + result.elapsed;
        last->notices.insert(last->notices.end(), result.notices.begin(), result.notices.end());
        last->error = std::move(result.error);
        last->gave_up = result.cancelled_by_us;
        if (last->error) set_failure(*last, last->position, {});
    }
    if (!has_failed()) count_committed(StatementKind::commit);
    settings_.transaction_ended();
    transaction_ended(true, has_failed() ? observe::Ending::failed : observe::Ending::committed);
    return !has_failed();
}

void MigrationRun::begin() {
    stage_.performer().execute("BEGIN");
}

void MigrationRun::roll_back() {
    if (stage_.witness() != nullptr && in_transaction()) stage_.witness()->before_end(clock_);
    stage_.performer().execute("ROLLBACK");
    settings_.transaction_ended();
    count_committed(StatementKind::rollback);
    transaction_ended(true, observe::Ending::rolled_back);
}

void MigrationRun::write_history(const std::vector<std::string>& statements) {
    if (statements.empty()) return;
    // Read before it, so that its own locks are not the migration's.
    if (stage_.witness() != nullptr && in_transaction()) stage_.witness()->before_end(clock_);
    for (const std::string& statement : statements) {
        const auto error = stage_.performer().execute(statement).error;
        if (!error) continue;
        if (state() != pg::TransactionState::idle) roll_back();
        fail_at_end(*error);
        return;
    }
}

void MigrationRun::add_warning(const std::string& sqlstate, const std::string& message) {
    if (Statement* last = recorder_.last())
        last->notices.push_back({"WARNING", {sqlstate}, message});
}

void MigrationRun::fail_before_run(const Cue& cue, std::size_t ordinal,
                                   const pg::ServerError& error) {
    ordinal_ = ordinal - 1;
    Statement statement = new_statement(cue);
    statement.error = error;
    fail(cue, std::move(statement));
}

void MigrationRun::fail_at_end(const pg::ServerError& error) {
    Statement nothing;
    nothing.error = error;
    const Statement* last = recorder_.last();
    const Statement& blamed = last != nullptr ? *last : nothing;
    nothing.ordinal = blamed.ordinal;
    nothing.included_file = blamed.included_file;
    set_failure(nothing, blamed.position, {});
}

MigrationEnd MigrationRun::end_migration() {
    recorder_.stop_folding();
    return {ordinal_, clock_};
}

observe::MigrationObservation MigrationRun::take() {
    observe::MigrationObservation observation;
    observation.ran = true;
    observation.elapsed = clock_;
    observation.left_open_by = left_open_by_;
    if (stage_.witness() != nullptr) {
        observation.holds = stage_.witness()->take_holds();
        recorder_.name_folded(observation.holds);
        observation.rows_changed = stage_.witness()->take_rows_changed();
        observation.changes = stage_.witness()->take_changes();
        observation.largest_table = stage_.witness()->largest_table_of(observation.holds);
    }
    observation.statements = recorder_.take();
    name_waits(observation);
    spare_dead_indexes(observation);
    observe::attribute(observation.changes, observation.statements, observation.holds);
    observation.failure = std::move(failure_);
    return observation;
}

MigrationRun::Statement MigrationRun::new_statement(const Cue& cue) {
    Interrupt::throw_if_requested();
    Statement statement;
    statement.ordinal = ++ordinal_;
    statement.classification = cue.classification;
    statement.started = clock_;
    statement.settings = settings_.now();
    Recorder::set_text(statement, cue.sql, cue.position);
    statement.included_file = cue.included_file;
    listener_.statement_begins(ordinal_, statements_, cue.sql);
    return statement;
}

pg::ExecuteResult MigrationRun::perform(const Cue& cue, observe::PollFor what) {
    observe::Sampler* sampler = stage_.sampler();
    if (stage_.witness() != nullptr) stage_.witness()->statement_begins(cue.classification);
    if (sampler != nullptr) sampler->statement_begins(ordinal_, clock_, what);
    try {
        pg::ExecuteResult result =
            cue.copy_data
                ? stage_.performer().copy_in(cue.sql, cue.copy_data, options_.give_up_after)
                : stage_.performer().execute(cue.sql, options_.give_up_after);
        if (sampler != nullptr) sampler->statement_ended();
        clock_ += result.elapsed;
        return result;
    } catch (Error& error) {
        error.inside("running statement " + std::to_string(ordinal_) + ", line " +
                     std::to_string(cue.position.line));
        throw;
    }
}

pg::ExecuteResult MigrationRun::end_transaction(const std::string& how) {
    observe::Sampler* sampler = stage_.sampler();
    if (sampler != nullptr)
        sampler->statement_begins(ordinal_, clock_, observe::PollFor::late_locks);
    pg::ExecuteResult result = stage_.performer().execute(how, options_.give_up_after);
    if (sampler != nullptr) sampler->statement_ended();
    clock_ += result.elapsed;
    return result;
}

void MigrationRun::take_result(const Cue& cue, Statement& statement, pg::ExecuteResult& result) {
    statement.elapsed = result.elapsed;
    if (!cue.has_parts) {
        statement.would_be_cancelled_after = settings_.cancels_after(result.elapsed);
    }
    statement.command_tag = std::move(result.command_tag);
    statement.rows = result.rows;
    statement.temp_bytes = result.temp_bytes;
    if (recorder_.keeps_more_notices()) statement.notices = std::move(result.notices);
    statement.error = std::move(result.error);
    statement.gave_up = result.cancelled_by_us;
    if (stage_.sampler() == nullptr) return;
    observe::StatementWatch watch = stage_.sampler()->take_watch();
    statement.waits = std::move(watch.waits);
    statement.phases = std::move(watch.phases);
    last_polled_ = watch.last_polled;
}

void MigrationRun::take_reading(Statement& statement, observe::StatementReading& reading) {
    statement.evidence = reading.evidence;
    statement.wal_bytes = reading.wal_bytes;
    statement.rewrites = std::move(reading.rewrites);
    statement.index_builds = std::move(reading.index_builds);
    statement.rows_changed = std::move(reading.rows.rows_changed);
    statement.scans = std::move(reading.rows.scans);
    statement.sizes = std::move(reading.rows.sizes);
}

observe::FinishedStatement MigrationRun::finished(const Cue& cue,
                                                  const Statement& statement) const {
    return {statement.ordinal, cue.classification, cue.sql, statement.started, clock_,
            last_polled_};
}

bool MigrationRun::record(Statement statement, bool is_remarkable) {
    return recorder_.add(std::move(statement), is_remarkable);
}

void MigrationRun::transaction_ended(bool keep_weak, observe::Ending ending) {
    if (stage_.witness() == nullptr) return;
    stage_.witness()->transaction_ended(clock_, stage_.sampler()->take_holds(), keep_weak, ending);
    if (const auto unread = stage_.witness()->first_unread())
        recorder_.downgrade_evidence_from(*unread);
}

void MigrationRun::count_committed(StatementKind kind) {
    if (kind != StatementKind::rollback) committed_ += in_open_transaction_;
    in_open_transaction_ = 0;
    undone_.clear();
}

bool MigrationRun::fail(const Cue& cue, Statement statement, std::vector<std::string> left_behind) {
    const sql::Position position =
        statement.error->position ? position_in(cue.position, cue.sql, *statement.error->position)
                                  : cue.position;
    if (stage_.witness() != nullptr) statement.evidence = Evidence::sampled;
    set_failure(statement, position, std::move(left_behind));
    record(std::move(statement), true);
    // The server let go of everything when the statement failed.
    if (state() != pg::TransactionState::idle) stage_.performer().execute("ROLLBACK");
    transaction_ended(true, observe::Ending::failed);
    failure_->violations = count_violations(cue.sql, failure_->error, undone_, options_.count_limit,
                                            stage_.performer());
    return false;
}

void MigrationRun::set_failure(const Statement& statement, const sql::Position& position,
                               std::vector<std::string> left_behind) {
    if (committed_ > 0) left_behind.push_back(describe_committed(committed_));
    failure_ = {statement.ordinal,      position,     *statement.error,       statement.gave_up,
                std::move(left_behind), std::nullopt, statement.included_file};
}

}  // namespace rehearse::replay
