#include "transcript.hpp"

#include "rehearse/sql/script.hpp"

#include <algorithm>
#include <utility>

namespace rehearse::command {

namespace {

using sql::StatementKind;

// A text that holds a whole table's rows is not taken apart.
constexpr std::size_t kLongestSplit = std::size_t{16} << 20;

std::vector<std::string> pieces_of(const std::string& text) {
    if (text.size() > kLongestSplit) return {text};
    std::vector<std::string> pieces;
    auto reader = sql::ScriptReader::of_text(text);
    while (auto piece = reader.next()) {
        if (!piece->text.empty()) pieces.push_back(std::move(piece->text));
    }
    return pieces;
}

bool is_control(const sql::Classification& classification) {
    return classification.transaction_use == sql::TransactionUse::is_control;
}

bool is_settings_kind(StatementKind kind) {
    return kind == StatementKind::set || kind == StatementKind::reset;
}

void add_relations(sql::Classification& to, const sql::Classification& from) {
    for (const auto& relation : from.relations) {
        if (std::find(to.relations.begin(), to.relations.end(), relation) == to.relations.end())
            to.relations.push_back(relation);
    }
}

}  // namespace

// What a text holds, taken together.
struct TranscriptWriter::Part {
    sql::Classification classification;  // of the strongest of its statements
    std::optional<HistoryWrite> write;
    std::size_t pieces = 0;
    bool is_work = false;
    bool begins_block = false;
    bool ends_block = false;
    bool rolls_back = false;
};

TranscriptWriter::TranscriptWriter(HistoryTables tables, observe::SessionSettings settings,
                                   WriteText write_text)
    : tables_(std::move(tables)),
      settings_at_start_(std::move(settings)),
      write_text_(std::move(write_text)) {}

TranscribedMigration& TranscriptWriter::current() {
    if (transcript_.migrations.empty() || is_written_) {
        transcript_.migrations.emplace_back().began = clock_;
        is_written_ = false;
    }
    return transcript_.migrations.back();
}

sql::Position TranscriptWriter::write(const std::string& text) {
    sql::Position position;
    position.line = line_;
    write_text_(text + ";\n");
    line_ += 1 + static_cast<int>(std::count(text.begin(), text.end(), '\n'));
    return position;
}

// Of the session until its next SET; what ROLLBACK takes back is not followed.
void TranscriptWriter::note_setting(int pid, const sql::Classification& classification) {
    const auto& setting = classification.setting;
    if (!setting) return;
    auto& now = settings_.try_emplace(pid, settings_at_start_).first->second;
    const auto& base = settings_at_start_;
    const bool resets = setting->value.empty();
    // Without a unit it is milliseconds (PostgreSQL manual, 20.11.1).
    const auto span = [&](Millis otherwise) {
        if (resets) return otherwise;
        const bool has_unit = setting->value.find_first_not_of("0123456789 ") != std::string::npos;
        return parse_duration(setting->value + (has_unit ? "" : "ms")).value_or(otherwise);
    };
    if (setting->name == "lock_timeout") now.lock_timeout = span(base.lock_timeout);
    if (setting->name == "statement_timeout") now.statement_timeout = span(base.statement_timeout);
    if (setting->name == "search_path")
        now.search_path = resets ? base.search_path : setting->value;
    if (setting->name == "role") now.role = resets ? base.role : setting->value;
    if (setting->name == "all") now = base;
}

void TranscriptWriter::add(const LoggedStatement& statement) {
    ++seen_;
    Part part;
    for (const std::string& piece : pieces_of(statement.text)) {
        const auto classification = sql::classify(piece);
        ++part.pieces;
        note_setting(statement.pid, classification);
        if (auto write = tables_.write_in(piece, statement)) {
            part.write = std::move(write);
            continue;
        }
        if (is_control(classification)) {
            part.begins_block |= classification.kind == StatementKind::begin;
            part.ends_block |= classification.kind == StatementKind::commit ||
                               classification.kind == StatementKind::rollback;
            part.rolls_back |= classification.kind == StatementKind::rollback;
            continue;
        }
        if (tables_.is_of_the_tool(piece, classification)) continue;
        const bool is_stronger = !part.is_work || (part.classification.takes_weak_locks_only &&
                                                   !classification.takes_weak_locks_only);
        auto both = is_stronger ? classification : part.classification;
        add_relations(both, is_stronger ? part.classification : classification);
        part.classification = std::move(both);
        part.is_work = true;
    }

    // The COMMIT that ends the transaction of the history's row is of its migration.
    const bool is_own_commit =
        is_written_ && part.ends_block && !part.is_work && !part.write &&
        transcript_.migrations.back().written_in == statement.virtualtransaction;
    const bool stays_open = part.begins_block && !part.ends_block;
    if (stays_open) begin_block(statement);
    if (part.is_work) add_work(statement, part);
    if (statement.error && !part.is_work && (part.write || !is_own_commit)) {
        auto& failed = current().failed;
        if (!failed || failed->ordinal == 0)
            failed = FailedStep{0, {}, *statement.error, statement.was_cut_off};
    }
    if (part.ends_block) end_block(statement, part.rolls_back || statement.error.has_value());
    if (!part.write || statement.error) return;
    auto& migration = current();
    migration.written = std::move(part.write);
    migration.written_in = statement.virtualtransaction;
    is_written_ = true;
    write_text_("-- " + migration.written->tool + ": " + migration.written->version +
                (migration.written->name.empty() ? "" : " " + migration.written->name) +
                " is done\n");
    ++line_;
}

void TranscriptWriter::begin_block(const LoggedStatement& statement) {
    blocks_[statement.pid] = {statement.virtualtransaction, std::nullopt};
}

// COMMIT and ROLLBACK count where their transaction did any work.
void TranscriptWriter::end_block(const LoggedStatement& statement, bool rolled_back) {
    const auto block = blocks_.extract(statement.pid);
    if (block.empty()) return;
    if (const auto last = block.mapped().last_migration) {
        auto& migration = transcript_.migrations.back();
        write(statement.text);
        const bool is_of_this = *last + 1 == transcript_.migrations.size();
        if (auto* taker = migration.recorder.last(); is_of_this && taker != nullptr)
            taker->commit_elapsed = taker->commit_elapsed.value_or(Millis{}) + statement.elapsed;
        clock_ += statement.elapsed;
        migration.elapsed += statement.elapsed;
    }
    // By the name that BEGIN had: a ROLLBACK after an error has another.
    transcript_.transactions[block.mapped().virtualtransaction] = {clock_, rolled_back};
}

void TranscriptWriter::add_work(const LoggedStatement& statement, const Part& part) {
    TranscribedMigration& migration = current();
    const auto& classification = part.classification;
    observe::StatementObservation observed;
    observed.ordinal = ++migration.statements;
    replay::Recorder::set_text(observed, statement.text, write(statement.text));
    observed.last_line = line_ - 1;
    observed.classification = classification;
    observed.command_tag = statement.command_tag;
    observed.started = migration.elapsed;
    observed.elapsed = statement.elapsed;
    observed.evidence = observe::Evidence::log;
    observed.notices = statement.notices;
    observed.error = statement.error;
    observed.gave_up = statement.was_cut_off;
    const auto settings = settings_.find(statement.pid);
    observed.settings = settings == settings_.end() ? settings_at_start_ : settings->second;
    if (statement.error) {
        migration.failed = FailedStep{observed.ordinal, observed.position, *statement.error,
                                      statement.was_cut_off};
    } else if (statement.was_cut_off) {
        migration.failed = FailedStep{observed.ordinal, observed.position, {}, true};
    }

    Step step;
    step.migration = transcript_.migrations.size() - 1;
    step.ordinal = observed.ordinal;
    step.pid = statement.pid;
    step.virtualtransaction = statement.virtualtransaction;
    step.began = statement.began;
    step.started = clock_;
    step.elapsed = statement.elapsed;
    step.takes_weak_locks_only = classification.takes_weak_locks_only;
    if (!step.takes_weak_locks_only) step.relations = classification.relations;
    transcript_.steps.push_back(std::move(step));

    clock_ += statement.elapsed;
    migration.elapsed += statement.elapsed;
    const auto block = blocks_.find(statement.pid);
    const bool in_block =
        block != blocks_.end() && block->second.virtualtransaction == statement.virtualtransaction;
    if (in_block) block->second.last_migration = transcript_.migrations.size() - 1;
    migration.was_in_block |= in_block || part.begins_block;
    migration.had_several |= part.pieces > 1;
    migration.did_more_than_read |=
        classification.kind != StatementKind::select && !is_settings_kind(classification.kind);
    migration.recorder.add(std::move(observed), statement.error.has_value());
}

CommandTranscript TranscriptWriter::take() {
    // A transaction that nobody ended was rolled back when its session went.
    for (const auto& [pid, block] : blocks_)
        transcript_.transactions[block.virtualtransaction] = {clock_, true};
    return std::move(transcript_);
}

}  // namespace rehearse::command
