#include "file_run.hpp"

#include "rehearse/base/files.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/sql/script.hpp"

#include "implicit_block.hpp"
#include "syntax_check.hpp"

#include <string>
#include <utility>

namespace rehearse::replay {

namespace {

using migrations::TransactionMode;
using sql::ScriptReader;
using sql::Statement;
using sql::StatementKind;

Cue cue_of(const Statement& statement, const sql::Classification& classification) {
    return {statement.text, statement.position, classification, {}};
}

Cue cue_of(const Statement& statement, const sql::Classification& classification,
           ScriptReader& reader) {
    Cue cue = cue_of(statement, classification);
    if (statement.has_copy_data) {
        cue.copy_data = [&reader](std::span<char> buffer) { return reader.read_copy_data(buffer); };
    }
    return cue;
}

bool is_to_be_run(const Statement& statement) {
    return !statement.text.empty() && !statement.is_meta_command;
}

void run_statements(const fs::path& path, MigrationRun& run) {
    ScriptReader reader = ScriptReader::of_file(path);
    while (const auto statement = reader.next()) {
        if (!is_to_be_run(*statement)) continue;
        const sql::Classification classification = sql::classify(statement->text);
        const Cue cue = cue_of(*statement, classification, reader);
        if (!(run.in_transaction() ? run.send(cue) : run.send_alone(cue))) return;
    }
    run.no_more_alone();
}

// As psql -f with ON_ERROR_STOP does.
void run_in_autocommit(const fs::path& path, MigrationRun& run) {
    run_statements(path, run);
    if (run.has_failed() || !run.in_transaction()) return;
    run.roll_back();
    run.ended_in_transaction();
    run.add_warning("25001",
                    "the file ends inside a transaction that it began: psql ends its session there "
                    "and the server rolls back");
}

// BEGIN before the file and COMMIT after it. A COMMIT in the file ends that transaction, and what
// follows it runs on its own.
void run_in_one_transaction(const fs::path& path, MigrationRun& run) {
    run.begin();
    run_statements(path, run);
    if (!run.has_failed() && run.in_transaction()) run.commit();
}

// What reading the file once, before anything runs, tells of it as one simple Query.
struct Preview {
    std::size_t statements = 0;
    // Something that only the server can judge: the data of COPY and psql's commands, which are not
    // SQL, and a byte order mark, which is neither.
    bool has_foreign_text = false;
    // All statements of one Query see the same statement_timestamp().
    bool asks_for_its_time = false;
    std::optional<SyntaxCheck::Fault> fault;
};

// The server parses the whole text before it runs the first statement of it.
Preview preview_of(const fs::path& path, pg::PerformerSession& performer) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    Preview preview;
    SyntaxCheck check{performer};
    ScriptReader reader = ScriptReader::of_file(path);
    while (auto statement = reader.next()) {
        preview.has_foreign_text |= statement->leading.starts_with(kByteOrderMark);
        if (statement->text.empty()) continue;
        ++preview.statements;
        preview.has_foreign_text |= statement->is_meta_command || statement->has_copy_data;
        preview.asks_for_its_time |=
            lower_cased(statement->text).find("statement_timestamp") != std::string::npos;
        if (!preview.fault) preview.fault = check.add(*std::move(statement));
    }
    if (!preview.fault) preview.fault = check.finish();
    return preview;
}

void run_whole(const fs::path& path, MigrationRun& run) {
    const std::string text = read_file(path);
    sql::Classification classification;
    classification.transaction_use = sql::TransactionUse::may_commit;
    run.send_alone({text, {}, classification, {}, true});
}

// One statement of a text that holds several. Returns false when the migration has failed.
bool run_in_block(const Cue& cue, ImplicitBlock& block, MigrationRun& run) {
    using Action = ImplicitBlock::Action;
    switch (block.action_for(cue.classification.kind, cue.sql)) {
        case Action::adopt:
            run.adopt_begin(cue);
            return true;
        case Action::adopt_with_modes: {
            // The modes are all that is left of it.
            const std::string modes = "SET TRANSACTION " + transaction_modes_of(cue.sql);
            return run.send({modes, cue.position, cue.classification, {}});
        }
        case Action::roll_back_and_send:
            run.roll_back();
            return run.send(cue);
        case Action::send_and_warn:
            if (!run.send(cue)) return false;
            run.add_warning("25P01", "there is no transaction in progress");
            return true;
        case Action::begin_and_send:
            run.begin();
            return run.send(cue);
        case Action::send:
            break;
    }
    return run.send(cue);
}

void run_in_blocks(const fs::path& path, MigrationRun& run) {
    ScriptReader reader = ScriptReader::of_file(path);
    ImplicitBlock block;
    while (const auto statement = reader.next()) {
        if (statement->text.empty()) continue;
        const sql::Classification classification = sql::classify(statement->text);
        if (!run_in_block(cue_of(*statement, classification), block, run)) return;
        block.ran(classification.kind, run.in_transaction());
    }
    if (block.state() == ImplicitBlock::State::implicit) run.commit();
}

// One simple Query with the whole text, as golang-migrate sends it.
void run_as_one_query(const fs::path& path, Stage& stage, MigrationRun& run) {
    const Preview preview = preview_of(path, stage.performer());
    const bool is_one = preview.statements <= 1;
    if (preview.has_foreign_text || (preview.asks_for_its_time && !is_one)) {
        run_whole(path, run);
    } else if (preview.fault) {
        const SyntaxCheck::Fault& fault = *preview.fault;
        const sql::Classification classification = sql::classify(fault.statement.text);
        run.fail_before_run(cue_of(fault.statement, classification), fault.ordinal, fault.error);
    } else if (is_one) {
        run_statements(path, run);
    } else {
        run_in_blocks(path, run);
    }
    if (run.has_failed() || !run.in_transaction()) return;
    // database/sql with lib/pq: the tool's next BEGIN fails with "unexpected transaction status",
    // and the connection is closed.
    run.roll_back();
    pg::ServerError error;
    error.sqlstate.code = "25001";
    error.message =
        "the file ends inside a transaction that it began: the tool stops there and "
        "the server rolls back";
    run.fail_at_end(error);
}

}  // namespace

void run_file(const plan::PlannedMigration& planned, Stage& stage, MigrationRun& run) {
    const fs::path& path = planned.migration.path;
    switch (planned.migration.transaction_mode) {
        case TransactionMode::autocommit:
            return run_in_autocommit(path, run);
        case TransactionMode::one_transaction:
            return run_in_one_transaction(path, run);
        case TransactionMode::whole_file_query:
            return run_as_one_query(path, stage, run);
    }
}

}  // namespace rehearse::replay
