#include "answer.hpp"

#include "rehearse/base/text.hpp"

#include <algorithm>
#include <utility>

namespace rehearse::command {

namespace {

using migrations::TransactionMode;
using observe::MigrationObservation;
using sql::StatementKind;

bool has_failed(const Ending& ending) {
    return !ending.result.ok();
}

std::string words_of(const Ending& ending) {
    const auto& result = ending.result;
    if (result.timed_out)
        return "the command did not end within " + format_limit(ending.limit) + " and was ended";
    if (result.signal != 0)
        return "the command was ended by signal " + std::to_string(result.signal);
    return "the command ended with exit code " + std::to_string(result.exit_code);
}

bool was_rolled_back(const CommandTranscript& transcript, const std::string& transaction) {
    const auto known = transcript.transactions.find(transaction);
    return known != transcript.transactions.end() && known->second.rolled_back;
}

// Only the last one can be without its row in the history.
void settle_tail(CommandTranscript& transcript, const Ending& ending) {
    auto& all = transcript.migrations;
    const bool has_tail = !all.empty() && !all.back().written;
    if (has_failed(ending)) {
        if (!has_tail) all.emplace_back();
    } else if (has_tail && !all.back().did_more_than_read) {
        all.pop_back();
        std::erase_if(transcript.steps,
                      [&](const Step& step) { return step.migration == all.size(); });
    }
}

// Names what has no row: what failed, or what came after the last row.
migrations::Migration unnamed_after(const HistoryWrite* last, const Ending& ending) {
    migrations::Migration migration;
    migration.tool = last == nullptr ? "command" : last->tool;
    if (last == nullptr) {
        migration.version = one_line(ending.command, 80);
    } else {
        migration.version = (has_failed(ending) ? "the next after " : "what came after ") +
                            last->version + (last->name.empty() ? "" : " " + last->name);
    }
    return migration;
}

TransactionMode mode_of(const TranscribedMigration& transcribed) {
    if (transcribed.was_in_block) return TransactionMode::one_transaction;
    return transcribed.had_several ? TransactionMode::whole_file_query
                                   : TransactionMode::autocommit;
}

plan::PlannedMigration planned_of(const TranscribedMigration& transcribed, const HistoryWrite* last,
                                  const Ending& ending) {
    plan::PlannedMigration planned;
    if (const auto& written = transcribed.written) {
        planned.migration.tool = written->tool;
        planned.migration.version = written->version;
        planned.migration.name = written->name;
    } else {
        planned.migration = unnamed_after(last, ending);
    }
    planned.migration.path = ending.statements_file;
    planned.migration.transaction_mode = mode_of(transcribed);
    planned.survey.statements = transcribed.statements;
    return planned;
}

std::vector<std::string> left_behind(const CommandTranscript& transcript, std::size_t failed,
                                     std::size_t failed_ordinal, const RelationsAround& relations) {
    std::vector<std::string> lines;
    for (const auto& [oid, facts] : relations.after) {
        const auto before = relations.before.find(oid);
        const bool was_valid = before == relations.before.end() || before->second.index_is_valid;
        if (facts.is_index() && !facts.index_is_valid && was_valid)
            lines.push_back("INVALID index " + facts.name.text());
    }
    std::size_t committed = 0;
    for (const Step& step : transcript.steps) {
        if (step.migration == failed && step.ordinal != failed_ordinal &&
            !was_rolled_back(transcript, step.virtualtransaction)) {
            ++committed;
        }
    }
    if (committed > 0) {
        lines.push_back(std::to_string(committed) + " earlier statement" +
                        (committed == 1 ? ", which stays committed" : "s, which stay committed"));
    }
    return lines;
}

observe::FailurePoint failure_of(const CommandTranscript& transcript, std::size_t index,
                                 const RelationsAround& relations, const Ending& ending) {
    const auto& transcribed = transcript.migrations[index];
    observe::FailurePoint failure;
    if (const auto& failed = transcribed.failed) {
        failure.ordinal = failed->ordinal;
        failure.position = failed->position;
        failure.error = failed->error;
        failure.gave_up = ending.result.timed_out && failed->was_cut_off && failed->ordinal > 0;
    }
    if (failure.error.message.empty()) failure.error.message = words_of(ending);
    auto& detail = failure.error.detail;
    if (!ending.last_lines.empty()) {
        if (!detail.empty()) detail += "\n";
        detail += "The command's last lines:\n" + std::string{trimmed(ending.last_lines)};
    }
    failure.left_behind = left_behind(transcript, index, failure.ordinal, relations);
    return failure;
}

// Of tables with another file than before: put down to the slowest of the statements that can have
// rewritten it, which name it and held it so that nobody else could.
void add_rewrites(std::vector<MigrationObservation>& all, const RelationsAround& relations) {
    const auto may_rewrite = [](StatementKind kind) {
        return kind == StatementKind::alter_table || kind == StatementKind::cluster ||
               kind == StatementKind::vacuum || kind == StatementKind::refresh_materialized_view;
    };
    for (const auto& [oid, after] : relations.after) {
        const auto before = relations.before.find(oid);
        if (before == relations.before.end() || after.is_index() || after.relfilenode == 0 ||
            before->second.relfilenode == after.relfilenode) {
            continue;
        }
        observe::StatementObservation* slowest = nullptr;
        for (auto& observed : all) {
            for (const auto& hold : observed.holds) {
                if (hold.relation_oid != oid || hold.mode != pg::LockMode::access_exclusive)
                    continue;
                for (auto& statement : observed.statements) {
                    const auto& named = statement.classification.relations;
                    const bool held_it = statement.ordinal == hold.acquired_by ||
                                         std::count(hold.stretched_by.begin(),
                                                    hold.stretched_by.end(), statement.ordinal) > 0;
                    const bool names_it =
                        std::any_of(named.begin(), named.end(),
                                    [&](const auto& name) { return name.name == after.name.name; });
                    if (held_it && names_it && may_rewrite(statement.classification.kind) &&
                        (slowest == nullptr || statement.elapsed > slowest->elapsed)) {
                        slowest = &statement;
                    }
                }
            }
        }
        if (slowest != nullptr)
            slowest->rewrites.push_back({after.name, before->second.bytes, after.bytes});
    }
}

std::optional<observe::TableSize> largest_of(const MigrationObservation& observed,
                                             const pg::SizeMap& sizes) {
    std::optional<observe::TableSize> largest;
    for (const auto& hold : observed.holds) {
        const auto oid = hold.table_oid == 0 ? hold.relation_oid : hold.table_oid;
        const auto size = sizes.find(oid);
        if (size == sizes.end() || (largest && largest->bytes >= size->second)) continue;
        largest = {hold.table.name.empty() ? hold.relation : hold.table, size->second};
    }
    return largest;
}

// An evidence for each statement, by its ordinal: of several folded into one, the first's.
void set_evidence(std::vector<MigrationObservation>& all, const std::vector<Step>& steps,
                  const LocksSeen& seen, Millis server_ahead) {
    for (const Step& step : steps) {
        auto& statements = all[step.migration].statements;
        const auto at = std::lower_bound(
            statements.begin(), statements.end(), step.ordinal,
            [](const auto& statement, std::size_t ordinal) { return statement.ordinal < ordinal; });
        if (at != statements.end() && at->ordinal == step.ordinal)
            at->evidence = evidence_of(step, seen, server_ahead);
    }
}

void warn_of_undone(const CommandTranscript& transcript, std::vector<std::string>& warnings) {
    std::vector<std::string> undone;
    for (const auto& migration : transcript.migrations) {
        if (migration.written && was_rolled_back(transcript, migration.written_in))
            undone.push_back(migration.written->version);
    }
    if (undone.empty()) return;
    warnings.push_back(listed(undone) + (undone.size() == 1 ? " ran, but was" : " ran, but were") +
                       " rolled back in the end with its transaction: nothing of it stays");
}

}  // namespace

CommandOutcome answer_of(CommandTranscript transcript, const LocksSeen& seen,
                         const RelationsAround& relations, const pg::SizeMap& sizes,
                         const HistoryTables& tables, Millis server_ahead, const Ending& ending) {
    CommandOutcome outcome;
    settle_tail(transcript, ending);
    auto holds = holds_of(transcript, seen, relations, tables, server_ahead);
    auto& observed = outcome.observations.migrations;
    const HistoryWrite* last = nullptr;
    for (std::size_t i = 0; i < transcript.migrations.size(); ++i) {
        auto& transcribed = transcript.migrations[i];
        outcome.plan.migrations.push_back(planned_of(transcribed, last, ending));
        if (transcribed.written) last = &*transcribed.written;
        MigrationObservation observation;
        observation.ran = true;
        observation.elapsed = transcribed.elapsed;
        transcribed.recorder.name_folded(holds[i]);
        observation.statements = transcribed.recorder.take();
        observation.holds = std::move(holds[i]);
        observation.largest_table = largest_of(observation, sizes);
        if (has_failed(ending) && !transcribed.written)
            observation.failure = failure_of(transcript, i, relations, ending);
        observed.push_back(std::move(observation));
    }
    set_evidence(observed, transcript.steps, seen, server_ahead);
    add_rewrites(observed, relations);
    outcome.observations.sampler = seen.figures;

    auto& warnings = outcome.warnings;
    if (has_failed(ending)) {
        warnings.push_back(words_of(ending) + "; its output is in command.log");
    } else if (transcript.migrations.empty()) {
        warnings.push_back("the command ended well and changed nothing: nothing was pending");
    }
    warn_of_undone(transcript, warnings);
    if (seen.figures.lost)
        warnings.push_back("the sampler lost its connection: later locks may be missing");
    return outcome;
}

}  // namespace rehearse::command
