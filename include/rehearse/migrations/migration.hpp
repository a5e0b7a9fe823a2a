#pragma once

#include "rehearse/migrations/history_reader.hpp"
#include "rehearse/sql/statement.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::migrations {

// The transactions that a tool makes around what it sends: what decides lock lifetime, what rolls
// back, and whether CREATE INDEX CONCURRENTLY works.
enum class TransactionMode {
    whole_file_query,  // one simple Query, no BEGIN: an implicit transaction when it holds more
                       // than one statement
    one_transaction,   // BEGIN; the file; COMMIT
    autocommit,        // no BEGIN: each thing that is sent is its own transaction (the file may
                       // BEGIN itself)
    one_transaction_for_all,  // BEGIN; every pending file; COMMIT
    pipeline,  // extended protocol with one Sync at the file's end: an implicit transaction, ended
               // before what cannot be in one
};

std::string_view to_string(TransactionMode mode);

// What a tool hands to the server at once.
enum class Sends {
    statements,  // one after the other, taken apart as PostgreSQL does
    texts,       // each text in one simple Query; the server parses all of it before it runs any
};

// A part of a file as the tool hands it on.
struct Text {
    std::string sql;
    sql::Position position;  // of its first byte in the file
};

// One step of a migration tool, in that tool's order.
struct Migration {
    std::string version;         // as the tool writes it: "0042", "20240102030405"
    std::string name;            // "add_sso_required"
    std::filesystem::path path;  // of the up file
    // Of the way back; the same file where that is a section of it.
    std::optional<std::filesystem::path> down_path;
    std::string tool;  // "plain", "golang-migrate"
    TransactionMode transaction_mode = TransactionMode::autocommit;
    Sends sends = Sends::statements;
    // What the tool takes from the file: its way up, in pieces of its own, with its placeholders
    // filled in. Empty: the file as it stands, which is then never held in memory. Throws
    // Error(migrations) naming file and line.
    std::function<std::vector<Text>()> texts;
    // The tool runs psql -f: a session for each file, so that what an earlier one SET is gone, and
    // psql's own commands in it.
    bool through_psql = false;
    std::map<std::string, std::string> psql_variables;  // psql's -v
    // The tool's own writes around the file, outside the clock, filled by
    // MigrationSource::pending(). Before and after: each list in one transaction of its own.
    // Within: in the file's transaction, before its end.
    std::vector<std::string> record_before;
    std::vector<std::string> record_within;
    std::vector<std::string> record_after;
    // Why it is pending: "not in public.schema_migrations". Filled by MigrationSource::pending().
    std::string pending_because;
    // What the tool's history says after this migration has failed, and what that means: "...'s
    // history says that ...". Empty: nothing.
    std::string after_failure;
};

// Something about folder and history that the reader should know or that the tool would stop at.
struct SourceFinding {
    enum class Severity {
        note,
        warning,
        refusal
    };  // refusal: the real tool stops here and so do we
    Severity severity = Severity::note;
    std::string version;  // empty: about the whole folder
    std::string message;
    std::string hint;
};

struct Pending {
    std::vector<Migration> migrations;    // in the tool's order
    std::vector<SourceFinding> findings;  // skipped silently by the tool, dirty, missing ...
    std::size_t applied = 0;              // how many of the folder's migrations the history has
    std::string history;  // "public.schema_migrations", empty when the tool keeps none here
    // By what the tool was known: "golang-migrate: 412 files NUMBER_name.up.sql,
    // schema_migrations.version = 398".
    std::string seen;
};

struct SourceOptions {
    std::filesystem::path folder;
    std::string tool;  // empty: recognised
    // The first version that is pending, where no history can say: plain, and a tool's history
    // without a row. Empty: all.
    std::string pending_from;
    // plain: a SELECT that returns the applied versions or file names, one column. Empty: none.
    std::string history_query;
    // Another name for the tool's history table: name, schema.name, "Quoted"."Name". Empty: the
    // tool's default.
    std::string history_table;
    // --set NAME=VALUE: values of a tool's placeholders and of psql's variables.
    std::map<std::string, std::string> variables;
    // What --since found to be new (files_added_since). plain without any history: only these are
    // pending. golang-migrate: a new file that the tool would skip is a finding.
    std::optional<std::vector<std::filesystem::path>> added;
};

// One adapter per tool. Three questions: what is in the folder, what has been applied according to
// the history table in the restored snapshot, and how does this tool run one.
class MigrationSource {
  public:
    virtual ~MigrationSource() = default;
    virtual std::string tool() const = 0;
    // Everything in the folder, in the tool's order. Throws Error(migrations): two files with one
    // version, unreadable, ...
    virtual std::vector<Migration> all() const = 0;
    // What the tool would run now.
    virtual Pending pending(HistoryReader& snapshot) const = 0;
    Pending pending(pg::AdminSession& scratch) const;
};

// Recognises the tool from the folder (and --tool). Throws Error(migrations) when the folder is
// missing or empty or the tool cannot be told, Error(usage) for an unknown tool. Works before there
// is a scratch, so that bad input is told in the first second.
std::unique_ptr<MigrationSource> open_source(const SourceOptions& options);

// Where the folder's names fit several tools, the one whose history the snapshot has; nullptr where
// `source` is right, or where the snapshot does not tell better. Throws as open_source() does.
std::unique_ptr<MigrationSource> open_by_history(const MigrationSource& source,
                                                 const SourceOptions& options,
                                                 HistoryReader& snapshot);

std::vector<std::string> known_tools();

// True when `text` means this migration: its version (leading zeros do not count), its file name,
// or its file name without the extensions.
bool is_meant_by(const Migration& migration, std::string_view text);

}  // namespace rehearse::migrations
