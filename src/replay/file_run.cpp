#include "file_run.hpp"

#include "rehearse/base/files.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/sql/psql_script.hpp"
#include "rehearse/sql/script.hpp"

#include "implicit_block.hpp"
#include "syntax_check.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

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

// What is sent: the whole file, read as it goes, or one text of it.
class Script {
  public:
    explicit Script(fs::path path) : path_{std::move(path)} {}
    explicit Script(migrations::Text text) : text_{std::move(text)} {}

    ScriptReader reader() const {
        return text_ ? ScriptReader::of_text(text_->sql, text_->position)
                     : ScriptReader::of_file(path_);
    }
    std::string whole() const { return text_ ? text_->sql : read_file(path_); }
    sql::Position position() const { return text_ ? text_->position : sql::Position{}; }

  private:
    fs::path path_;
    std::optional<migrations::Text> text_;
};

std::vector<Script> scripts_of(const migrations::Migration& migration) {
    std::vector<Script> scripts;
    if (!migration.texts) {
        scripts.emplace_back(migration.path);
    } else {
        for (migrations::Text& text : migration.texts()) scripts.emplace_back(std::move(text));
    }
    return scripts;
}

// Each statement on its own, in the transaction that is open or in one of its own.
void run_statements(const Script& script, MigrationRun& run) {
    ScriptReader reader = script.reader();
    while (const auto statement = reader.next()) {
        if (statement->text.empty()) continue;
        const sql::Classification classification = sql::classify(statement->text);
        const Cue cue = cue_of(*statement, classification, reader);
        if (!(run.in_transaction() ? run.send(cue) : run.send_alone(cue))) return;
    }
    run.no_more_alone();
}

// As run_statements(), of what psql sends.
void run_through_psql(const migrations::Migration& migration, MigrationRun& run) {
    sql::PsqlScript script{migration.path, migration.psql_variables};
    while (const auto statement = script.next()) {
        if (statement->text.empty()) continue;
        sql::Classification classification;
        if (statement->has_parts) {
            classification.transaction_use = sql::TransactionUse::may_commit;
        } else {
            classification = sql::classify(statement->text);
        }
        Cue cue{statement->text, statement->position, classification, {}, statement->has_parts};
        if (statement->has_copy_data) {
            cue.copy_data = [&script](std::span<char> buffer) {
                return script.read_copy_data(buffer);
            };
        }
        if (script.path() != migration.path) cue.included_file = script.path().string();
        if (!(run.in_transaction() ? run.send(cue) : run.send_alone(cue))) return;
    }
    run.no_more_alone();
}

// What reading a text once, before anything runs, tells of it as one simple Query.
struct Preview {
    std::size_t statements = 0;
    // Something that only the server can judge: the data of COPY and psql's commands, which are not
    // SQL, and a byte order mark, which is neither.
    bool has_foreign_text = false;
    // All statements of one Query see the same statement_timestamp().
    bool asks_for_its_time = false;
    std::optional<SyntaxCheck::Fault> fault;
};

// The server parses the whole text before it runs the first statement of it. Not within a
// transaction: asking it ends that.
Preview preview_of(const Script& script, pg::PerformerSession& performer) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    Preview preview;
    SyntaxCheck check{performer};
    ScriptReader reader = script.reader();
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

void run_whole(const Script& script, MigrationRun& run) {
    const std::string text = script.whole();
    sql::Classification classification;
    classification.transaction_use = sql::TransactionUse::may_commit;
    const Cue cue{text, script.position(), classification, {}, true};
    run.in_transaction() ? run.send(cue) : run.send_alone(cue);
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

void run_in_blocks(const Script& script, MigrationRun& run) {
    ScriptReader reader = script.reader();
    ImplicitBlock block{run.in_transaction() ? ImplicitBlock::State::explicit_
                                             : ImplicitBlock::State::none};
    while (const auto statement = reader.next()) {
        if (statement->text.empty()) continue;
        const sql::Classification classification = sql::classify(statement->text);
        if (!run_in_block(cue_of(*statement, classification), block, run)) return;
        block.ran(classification.kind, run.in_transaction());
    }
    if (block.state() == ImplicitBlock::State::implicit) run.commit();
}

// One simple Query with the whole text.
void run_as_one_query(const Script& script, const Preview& preview, MigrationRun& run) {
    const bool is_one = preview.statements <= 1;
    if (preview.has_foreign_text || (preview.asks_for_its_time && !is_one)) {
        run_whole(script, run);
    } else if (preview.fault) {
        const SyntaxCheck::Fault& fault = *preview.fault;
        const sql::Classification classification = sql::classify(fault.statement.text);
        run.fail_before_run(cue_of(fault.statement, classification), fault.ordinal, fault.error);
    } else if (is_one) {
        run_statements(script, run);
    } else {
        run_in_blocks(script, run);
    }
}

// One implicit transaction from the first statement to the Sync at the file's end. What cannot be
// in one ends it and goes alone, as the Supabase CLI does since 2.109.
void run_in_pipeline(const Script& script, MigrationRun& run) {
    ScriptReader reader = script.reader();
    ImplicitBlock block{ImplicitBlock::State::none};
    while (const auto statement = reader.next()) {
        if (statement->text.empty()) continue;
        const sql::Classification classification = sql::classify(statement->text);
        const Cue cue = cue_of(*statement, classification);
        if (classification.transaction_use == sql::TransactionUse::forbidden) {
            if (run.in_transaction() && !run.commit()) return;
            if (!run.send_alone(cue)) return;
        } else if (!run_in_block(cue, block, run)) {
            return;
        }
        block.ran(classification.kind, run.in_transaction());
    }
}

// As psql -f with ON_ERROR_STOP does.
void end_as_psql(MigrationRun& run) {
    if (run.has_failed() || !run.in_transaction()) return;
    run.roll_back();
    run.ended_in_transaction();
    run.add_warning("25001",
                    "the file ends inside a transaction that it began: psql ends its session there "
                    "and the server rolls back");
}

// The tool's next BEGIN meets an open transaction. database/sql with lib/pq closes the connection
// then ("unexpected transaction status"); others write their history into that transaction, which
// the end of their session rolls back.
void end_as_other_tools(MigrationRun& run) {
    if (run.has_failed() || !run.in_transaction()) return;
    run.roll_back();
    pg::ServerError error;
    error.sqlstate.code = "25001";
    error.message =
        "the file ends inside a transaction that it began: the tool stops there and "
        "the server rolls back";
    run.fail_at_end(error);
}

}  // namespace

struct FileRun::Prepared {
    Script script;
    std::optional<Preview> preview;  // where the text is sent as one simple Query
};

FileRun::FileRun(const migrations::Migration& migration, Stage& stage) : migration_{migration} {
    const bool sends_texts = migration.sends == migrations::Sends::texts ||
                             migration.transaction_mode == TransactionMode::whole_file_query;
    if (migration.through_psql) return;
    for (Script& script : scripts_of(migration)) {
        Prepared prepared{std::move(script), std::nullopt};
        if (sends_texts) prepared.preview = preview_of(prepared.script, stage.performer());
        scripts_.push_back(std::move(prepared));
    }
}

FileRun::FileRun(FileRun&&) noexcept = default;
FileRun::~FileRun() = default;

void FileRun::run_scripts(MigrationRun& run) const {
    if (migration_.through_psql) return run_through_psql(migration_, run);
    for (const Prepared& prepared : scripts_) {
        if (migration_.transaction_mode == TransactionMode::pipeline) {
            run_in_pipeline(prepared.script, run);
        } else if (prepared.preview) {
            run_as_one_query(prepared.script, *prepared.preview, run);
        } else {
            run_statements(prepared.script, run);
        }
        if (run.has_failed()) return;
    }
}

void FileRun::run(MigrationRun& run) const {
    switch (migration_.transaction_mode) {
        case TransactionMode::autocommit:
        case TransactionMode::whole_file_query:
            run_scripts(run);
            return migration_.through_psql ? end_as_psql(run) : end_as_other_tools(run);
        // A COMMIT in the file ends the tool's transaction, and what follows it runs on its own.
        case TransactionMode::one_transaction:
            run.begin();
            run_scripts(run);
            break;
        case TransactionMode::pipeline:
            run_scripts(run);
            break;
        case TransactionMode::one_transaction_for_all:
            run_scripts(run);
            if (!run.has_failed()) run.write_history(migration_.record_within);
            return;
    }
    if (!run.has_failed()) run.write_history(migration_.record_within);
    if (!run.has_failed() && run.in_transaction()) run.commit();
}

}  // namespace rehearse::replay
