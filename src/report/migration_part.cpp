#include "rehearse/report/report.hpp"

#include <cmath>

namespace rehearse::report {

namespace {

// Nothing here is measured finer than a microsecond; more digits would only be noise in the file.
double to_ms(Millis span) {
    return std::round(span.count() * 1'000) / 1'000;
}

std::optional<double> to_ms(const std::optional<Millis>& span) {
    return span ? std::optional{to_ms(*span)} : std::nullopt;
}

LockPart lock_part(const observe::LockHold& hold) {
    LockPart part;
    part.relation = hold.relation.text();
    part.mode = to_string(hold.mode);
    part.acquired_ms = to_ms(hold.acquired);
    part.released_ms = to_ms(hold.released);
    part.held_ms = to_ms(hold.held());
    part.waited_ms = to_ms(hold.waited);
    part.evidence = to_string(hold.evidence);
    part.new_relation = hold.new_relation;
    part.not_before_ms = to_ms(hold.not_before);
    part.not_after_ms = to_ms(hold.not_after);
    if (!hold.child_of.name.empty()) part.child_of = hold.child_of.text();
    return part;
}

std::vector<RowsChangedPart> rows_changed_parts(const std::vector<observe::RowsChanged>& rows) {
    std::vector<RowsChangedPart> parts;
    for (const auto& changed : rows) {
        parts.push_back(
            {changed.relation.text(), changed.inserted, changed.updated, changed.deleted});
    }
    return parts;
}

WaitPart wait_part(const observe::LockWait& wait) {
    WaitPart part{wait.locktype, "", "", to_ms(wait.waited), wait.on, to_ms(wait.began)};
    if (wait.locktype != "relation") return part;
    // The relation of a lock that was never granted has no name.
    if (!wait.relation.name.empty()) part.relation = wait.relation.text();
    part.mode = to_string(wait.mode);
    return part;
}

ChangePart change_part(const observe::SchemaChange& change) {
    return {change.relation.text(), std::string{to_string(change.kind)}, change.name, change.detail,
            change.ordinal};
}

SettingsPart settings_part(const observe::SessionSettings& settings) {
    return {to_ms(settings.lock_timeout), to_ms(settings.statement_timeout), settings.search_path,
            settings.role};
}

StatementPart statement_part(const observe::StatementObservation& statement,
                             const std::string& path) {
    StatementPart part;
    part.ordinal = statement.ordinal;
    part.path = statement.included_file.empty() ? path : statement.included_file;
    part.line = statement.position.line;
    part.column = statement.position.column;
    part.last_line = statement.last_line;
    part.sql = statement.sql;
    part.sql_shortened = statement.sql_shortened;
    part.repeated = statement.repeated;
    part.kind = to_string(statement.classification.kind);
    part.command_tag = statement.command_tag;
    part.elapsed_ms = to_ms(statement.elapsed);
    part.commit_ms = to_ms(statement.commit_elapsed);
    part.rows = statement.rows;
    part.wal_bytes = statement.wal_bytes;
    part.temp_bytes = statement.temp_bytes;
    part.evidence = to_string(statement.evidence);
    part.wrapped = statement.wrapped;
    part.gave_up = statement.gave_up;
    part.would_be_cancelled_after_ms = to_ms(statement.would_be_cancelled_after);
    for (const auto& rewrite : statement.rewrites) {
        part.rewrites.push_back(
            {rewrite.relation.text(), rewrite.bytes_before, rewrite.bytes_after});
    }
    for (const auto& build : statement.index_builds) {
        part.index_builds.push_back(
            {build.index.text(), build.relation.text(), to_ms(build.elapsed), build.valid});
    }
    part.rows_changed = rows_changed_parts(statement.rows_changed);
    for (const auto& scan : statement.scans) {
        part.scans.push_back({scan.relation.text(), scan.rows});
    }
    for (const auto& size : statement.sizes) {
        part.sizes.push_back({size.relation.text(), size.bytes_before, size.bytes_after});
    }
    for (const auto& wait : statement.waits) part.waits.push_back(wait_part(wait));
    for (const auto& phase : statement.phases) {
        part.phases.push_back(
            {phase.command, phase.phase, to_ms(phase.elapsed), to_ms(phase.began)});
    }
    for (const auto& notice : statement.notices) {
        part.notices.push_back({notice.severity, notice.sqlstate.code, notice.message});
    }
    return part;
}

ViolationsPart violations_part(const observe::Violations& violations) {
    ViolationsPart part;
    part.constraint_kind = to_string(violations.kind);
    part.relation = violations.relation.text();
    part.rows = violations.rows;
    part.duplicate_keys = violations.duplicate_keys;
    part.complete = violations.is_complete;
    part.limit_ms = to_ms(violations.limit);
    part.why_not = violations.why_not;
    return part;
}

ErrorPart error_part(const observe::FailurePoint& failure, const std::string& path) {
    ErrorPart part;
    part.sqlstate = failure.error.sqlstate.code;
    part.message = failure.error.message;
    part.path = failure.included_file.empty() ? path : failure.included_file;
    part.line = failure.position.line;
    part.column = failure.position.column;
    part.statement = failure.ordinal;
    part.detail = failure.error.detail;
    part.hint = failure.error.hint;
    part.left_behind = failure.left_behind;
    if (failure.violations) part.violations = violations_part(*failure.violations);
    return part;
}

BlockingPart blocking_part(const verdict::Blocking& blocking) {
    BlockingPart part;
    part.relation = blocking.relation.text();
    part.mode = to_string(blocking.mode);
    part.blocks = blocking.blocks_reads ? "reads_and_writes" : "writes";
    part.held_ms = to_ms(blocking.held);
    part.acquired_by = blocking.acquired_by;
    part.stretched_by = blocking.stretched_by;
    part.evidence = to_string(blocking.evidence);
    if (!blocking.index.name.empty()) part.index = blocking.index.text();
    part.transactions = blocking.transactions;
    return part;
}

FindingPart finding_part(const rules::Finding& finding) {
    FindingPart part;
    part.rule = finding.rule;
    part.severity = to_string(finding.severity);
    part.statement = finding.statement;
    part.line = finding.line;
    if (finding.relation) part.relation = finding.relation->text();
    part.message = finding.message;
    part.instead = finding.instead;
    part.evidence = to_string(finding.evidence);
    part.allowed_because = finding.allowed_because;
    return part;
}

}  // namespace

MigrationId id_of(const MigrationPart& migration) {
    return {migration.version, migration.name, migration.path};
}

MigrationPart migration_part(const plan::PlannedMigration& planned,
                             const observe::MigrationObservation& observed,
                             const verdict::MigrationVerdict& verdict) {
    const auto& migration = planned.migration;
    MigrationPart part;
    part.version = migration.version;
    part.name = migration.name;
    part.path = migration.path.string();
    part.tool = migration.tool;
    part.transaction_mode = to_string(migration.transaction_mode);
    part.in_change = planned.in_change;
    part.label = to_string(verdict.label);
    part.elapsed_ms = to_ms(observed.elapsed);
    part.because = verdict.because;
    if (observed.failure) part.error = error_part(*observed.failure, part.path);
    std::map<std::size_t, std::size_t> place_of;  // ordinal -> index
    const observe::SessionSettings* settings = nullptr;
    for (const auto& statement : observed.statements) {
        place_of[statement.ordinal] = part.statements.size();
        part.statements.push_back(statement_part(statement, part.path));
        if (settings == nullptr || *settings != statement.settings) {
            part.statements.back().settings = settings_part(statement.settings);
        }
        settings = &statement.settings;
    }
    for (const auto& hold : observed.holds) {
        const auto place = place_of.find(hold.acquired_by);
        if (place != place_of.end()) {
            part.statements[place->second].locks.push_back(lock_part(hold));
        }
    }
    for (const auto& blocking : verdict.blocking) part.blocking.push_back(blocking_part(blocking));
    part.rows_changed = rows_changed_parts(observed.rows_changed);
    for (const auto& change : observed.changes) part.changes.push_back(change_part(change));
    if (const auto& table = observed.largest_table)
        part.largest_table = {table->relation.text(), table->bytes};
    for (const auto& finding : verdict.findings) part.findings.push_back(finding_part(finding));
    return part;
}

}  // namespace rehearse::report
