#pragma once

#include "rehearse/base/time.hpp"
#include "rehearse/observe/session_settings.hpp"
#include "rehearse/pg/performer_session.hpp"
#include "rehearse/pg/types.hpp"
#include "rehearse/sql/constraint.hpp"
#include "rehearse/sql/statement.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::observe {

// How a fact is known.
enum class Evidence {
    exact,    // the witness saw it before COMMIT
    sampled,  // the sampler saw it; bounds are known
    log,      // taken from the server log
    text,     // from parsing alone
    none,     // nobody looked (--no-observe)
};

std::string_view to_string(Evidence evidence);

inline constexpr std::size_t kMostStretchers = 50;

// One (transaction, relation, mode) from first seen to released. Times count on the migration's own
// clock: the sum of its statements and commits, so that our readings in between are not in it.
struct LockHold {
    pg::Oid relation_oid = 0;
    pg::RelationName relation;
    char relkind = ' ';         // pg_class.relkind
    pg::RelationName child_of;  // the topmost parent of a partition or child table; else empty
    // Of an index that queries use its table; else 0 and empty.
    pg::Oid table_oid = 0;
    pg::RelationName table;
    pg::LockMode mode{};  // pg_locks.mode
    // Start of the statement that took it, its last reading that did not show it where there is
    // one, or the first granted reading where it waited.
    Millis acquired{};
    Millis released{};  // end of the COMMIT or ROLLBACK that let go of it
    Millis waited{};    // not granted before that, as the sampler saw it
    // Bounds of a sampled hold: it was taken after the first and let go of before the second. An
    // exact one has acquired and released for them.
    Millis not_before{};
    Millis not_after{};
    Evidence evidence = Evidence::exact;
    bool new_relation = false;    // did not exist before this transaction: blocks nobody
    std::size_t acquired_by = 0;  // ordinal of the statement, from 1
    // Later statements of the same transaction, by ordinal; where it had more than
    // kMostStretchers statements, those among its slowest.
    std::vector<std::size_t> stretched_by;
    std::string virtualtransaction;  // pg_locks.virtualtransaction

    Millis held() const { return released - acquired; }
};

struct Rewrite {
    pg::RelationName relation;
    std::int64_t bytes_before = 0;  // main fork
    std::int64_t bytes_after = 0;
};

struct IndexBuild {
    pg::RelationName index;
    pg::RelationName relation;
    Millis elapsed{};   // of the statement that built it, with all else that it did
    bool valid = true;  // pg_index.indisvalid
};

// Rows that a statement changed in one relation, also by triggers and functions.
struct RowsChanged {
    pg::RelationName relation;
    std::int64_t inserted = 0;
    std::int64_t updated = 0;
    std::int64_t deleted = 0;
};

// Rows that whole scans of a relation read, to validate, to rewrite, to build an index or to find
// what a WHERE asks for. In an open transaction the parallel workers' share is not known.
struct Scan {
    pg::RelationName relation;
    std::int64_t rows = 0;
};

// A table with its indexes and TOAST.
struct SizeChange {
    pg::RelationName relation;
    std::int64_t bytes_before = 0;
    std::int64_t bytes_after = 0;
};

// The same as it was before the migration, or after it where that made it.
struct TableSize {
    pg::RelationName relation;
    std::int64_t bytes = 0;
};

// A time in which the statement did nothing but wait for a lock, as the sampler saw it.
struct LockWait {
    std::string locktype;      // pg_locks.locktype: "relation", "virtualxid", "transactionid"
    pg::Oid relation_oid = 0;  // of a relation's lock, like the two that follow
    pg::RelationName relation;
    pg::LockMode mode{};
    Millis waited{};              // between readings that follow each other and both show it
    std::vector<std::string> on;  // "autovacuum worker", an application_name
    Millis began{};               // the first reading that shows it, since the statement began
};

// A phase of a long command, as the progress views told of it (PostgreSQL manual, 28.4).
struct ProgressPhase {
    std::string command;  // "CREATE INDEX CONCURRENTLY", "VACUUM"
    std::string phase;    // "building index: scanning table"
    Millis elapsed{};     // from the first reading that showed it to the first that showed another
    Millis began{};       // that first reading, since the statement began
};

// A difference in the catalog between a migration's beginning and its end.
struct SchemaChange {
    enum class Kind {
        relation_created,
        relation_dropped,
        relation_renamed,
        column_added,
        column_dropped,
        column_renamed,
        column_type_changed,
        not_null_set,
        not_null_dropped,
        default_set,
        default_dropped,
        constraint_added,
        constraint_dropped,
        constraint_renamed,
        constraint_validated,
    };
    Kind kind{};
    pg::Oid relation_oid = 0;
    pg::RelationName relation;
    char relkind = ' ';
    std::string name;  // of the column or constraint; the relation's old name where it was renamed
    std::string detail;  // the type, "integer -> bigint", "foreign key, not valid", the new name
    std::optional<std::size_t> ordinal;  // the statement, where that is known
};

std::string_view to_string(SchemaChange::Kind kind);

// One statement as it ran, or a run of small like statements folded into one (repeated > 1).
struct StatementObservation {
    std::size_t ordinal = 0;  // from 1 within the migration
    sql::Position position;
    std::string included_file;  // that it stands in (psql's \i); empty: the migration's own
    std::string sql;            // shortened to kLongestSql
    bool sql_shortened = false;
    std::uint64_t repeated = 1;  // how many statements this stands for
    int last_line = 0;           // of the last one of them
    sql::Classification classification;
    std::string command_tag;
    Millis started{};  // on the migration's clock
    Millis elapsed{};
    std::optional<Millis> commit_elapsed;  // its own COMMIT, where it had one
    std::optional<std::int64_t> rows;
    std::optional<std::int64_t> wal_bytes;
    std::int64_t temp_bytes = 0;
    Evidence evidence = Evidence::none;  // of its locks
    bool wrapped = false;  // we put BEGIN/COMMIT around it so that its locks could be read
    std::vector<Rewrite> rewrites;
    std::vector<IndexBuild> index_builds;
    std::vector<RowsChanged> rows_changed;
    std::vector<Scan> scans;
    std::vector<LockWait> waits;
    std::vector<ProgressPhase> phases;  // as far as they last longer than readings are apart
    std::vector<SizeChange> sizes;      // of what a statement of 10 ms and more changed
    std::vector<pg::Notice> notices;
    std::optional<pg::ServerError> error;
    bool gave_up = false;  // cancelled by --give-up-after
    SessionSettings settings;
    // The statement_timeout in force that it ran over, and that was not enforced.
    std::optional<Millis> would_be_cancelled_after;
};

inline constexpr std::size_t kLongestSql = 2000;
// Beyond so many statements of one migration, runs of like row statements are folded.
inline constexpr std::size_t kItemisedStatements = 5000;

// The rows that a constraint of the failed statement does not allow, counted after the rollback.
struct Violations {
    sql::ConstraintKind kind{};
    pg::RelationName relation;
    std::optional<std::int64_t> rows;            // absent where they were not counted
    std::optional<std::int64_t> duplicate_keys;  // of unique: how many keys those rows share
    bool is_complete = true;                     // false: the limit ended the count
    Millis limit{};
    std::string why_not;  // where there is no count for another reason; holds no row values
};

struct FailurePoint {
    std::size_t ordinal = 0;
    sql::Position position;  // of the error itself: file line and column
    pg::ServerError error;
    bool gave_up = false;
    std::vector<std::string>
        left_behind;  // "INVALID index public.i", "2 earlier statements, which stay committed"
    std::optional<Violations> violations = std::nullopt;
    std::string included_file = {};  // as of the statement
};

struct MigrationObservation {
    bool ran = false;  // false: not_run, because of an earlier failure
    // Where the file ends inside a transaction that it began, which psql's end rolls back: the
    // statement that began it.
    std::optional<std::size_t> left_open_by;
    Millis elapsed{};  // sum of statements and commits
    std::vector<StatementObservation> statements;
    std::vector<LockHold> holds;  // relations only; system catalogs left out
    // Of the whole migration, also by statements that were too small for a reading of their own.
    std::vector<RowsChanged> rows_changed;
    std::vector<SchemaChange> changes;
    // Of those that it locked; a table with partitions or children counts as large as those of them
    // that were locked.
    std::optional<TableSize> largest_table;
    std::optional<FailurePoint> failure;
};

// Puts each change of the schema down to the statement that can have made it: the only one that
// held a lock on the relation which a change of its schema takes (ShareUpdateExclusiveLock or
// stronger), or among several the last whose text says so, or the only one that runs code (DO,
// CALL, a function). Where none of that tells, it has none.
void attribute(std::vector<SchemaChange>& changes,
               const std::vector<StatementObservation>& statements,
               const std::vector<LockHold>& holds);

// The sampler's own figures.
struct SamplerFigures {
    Millis interval{};  // asked for
    std::uint64_t readings = 0;
    // Between the ends of readings that follow each other, while a statement ran whose locks, or
    // the times of them, the sampler alone sees.
    Millis gap_p50{};
    Millis gap_p99{};
    Millis longest_gap{};
    bool lost = false;  // the connection broke and could not be made again
};

}  // namespace rehearse::observe
