#pragma once

#include "rehearse/pg/admin_session.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::migrations {

// How a tool gets a file to the server: what decides lock lifetime, what rolls back, and whether
// CREATE INDEX CONCURRENTLY works.
enum class TransactionMode {
    whole_file_query,  // one simple Query, no BEGIN: an implicit transaction when it holds more
                       // than one statement
    one_transaction,   // BEGIN; the file, statement by statement; COMMIT
    autocommit,  // statement by statement, each in its own transaction, as psql -f does (the file
                 // may BEGIN itself)
};

std::string_view to_string(TransactionMode mode);

// One step of a migration tool, in that tool's order.
struct Migration {
    std::string version;         // as the tool writes it: "0042", "20240102030405"
    std::string name;            // "add_sso_required"
    std::filesystem::path path;  // of the up file
    std::optional<std::filesystem::path> down_path;
    std::string tool;  // "plain", "golang-migrate"
    TransactionMode transaction_mode = TransactionMode::autocommit;
    // The tool opens a session for each file, as psql -f does: what an earlier file SET is gone.
    bool own_session = false;
    // The tool's own history writes around the file; each list is run in one transaction of its
    // own, outside the clock. Filled by MigrationSource::pending().
    std::vector<std::string> record_before;
    std::vector<std::string> record_after;
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
};

struct SourceOptions {
    std::filesystem::path folder;
    std::string tool;  // empty: recognised
    // The first version that is pending, where no history can say: plain, and a golang-migrate
    // history without a row. Empty: all.
    std::string pending_from;
    // plain: a SELECT that returns the applied versions or file names, one column. Empty: none.
    std::string history_query;
    // Another name for the tool's history table: name, schema.name, "Quoted"."Name". Empty: the
    // tool's default.
    std::string history_table;
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
    virtual Pending pending(pg::AdminSession& scratch) const = 0;
};

// Recognises the tool from the folder (and --tool). Throws Error(migrations) when the folder is
// missing or empty or the tool cannot be told, Error(usage) for an unknown tool. Works before there
// is a scratch, so that bad input is told in the first second.
std::unique_ptr<MigrationSource> open_source(const SourceOptions& options);

std::vector<std::string> known_tools();

// True when `text` means this migration: its version (leading zeros do not count), its file name,
// or its file name without the extensions.
bool is_meant_by(const Migration& migration, std::string_view text);

}  // namespace rehearse::migrations
