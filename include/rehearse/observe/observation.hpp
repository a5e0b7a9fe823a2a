#pragma once

#include "rehearse/base/time.hpp"
#include "rehearse/observe/session_settings.hpp"
#include "rehearse/pg/performer_session.hpp"
#include "rehearse/pg/types.hpp"
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
    char relkind = ' ';   // pg_class.relkind
    pg::LockMode mode{};  // pg_locks.mode
    Millis acquired{};    // start of the statement that took it, or the first granted reading where
                          // it waited
    Millis released{};    // end of the COMMIT or ROLLBACK that let go of it
    Millis waited{};      // not granted before that, as the sampler saw it
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
    Millis elapsed{};
    bool valid = true;  // pg_index.indisvalid
};

// One statement as it ran, or a run of small like statements folded into one (repeated > 1).
struct StatementObservation {
    std::size_t ordinal = 0;  // from 1 within the migration
    sql::Position position;
    std::string sql;  // shortened to kLongestSql
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

struct FailurePoint {
    std::size_t ordinal = 0;
    sql::Position position;  // of the error itself: file line and column
    pg::ServerError error;
    bool gave_up = false;
    std::vector<std::string>
        left_behind;  // "INVALID index public.i", "2 statements before it are committed"
};

struct MigrationObservation {
    bool ran = false;  // false: not_run, because of an earlier failure
    Millis elapsed{};  // sum of statements and commits
    std::vector<StatementObservation> statements;
    std::vector<LockHold> holds;  // relations only; system catalogs left out
    std::optional<FailurePoint> failure;
};

// The sampler's own figures.
struct SamplerFigures {
    Millis interval{};  // asked for
    std::uint64_t readings = 0;
    Millis gap_p50{};  // between the ends of readings that follow each other, while a statement ran
    Millis gap_p99{};
    Millis longest_gap{};
    bool lost = false;  // the connection broke and could not be made again
};

}  // namespace rehearse::observe
