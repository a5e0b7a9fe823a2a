#pragma once

#include "rehearse/observe/observation.hpp"
#include "rehearse/observe/sampled_hold.hpp"
#include "rehearse/pg/performer_session.hpp"
#include "rehearse/sql/statement.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace rehearse::observe {

// A statement that has run without an error. Times count on the migration's clock.
struct FinishedStatement {
    std::size_t ordinal = 0;
    const sql::Classification& classification;
    std::string_view text;
    Millis started{};
    Millis ended{};
    std::optional<Millis> last_polled = {};  // the sampler's last reading in it
};

// What one statement did to rows and sizes, as far as its own reading tells.
struct RowEffects {
    std::vector<RowsChanged> rows_changed;
    std::vector<Scan> scans;
    std::vector<SizeChange> sizes;
};

// What a reading told of one statement.
struct StatementReading {
    Evidence evidence = Evidence::sampled;
    std::optional<std::int64_t> wal_bytes;
    std::vector<Rewrite> rewrites;
    std::vector<IndexBuild> index_builds;
    RowEffects rows;
    bool took_blocking_lock = false;  // ShareLock or stronger, on a relation that was there before
    std::vector<pg::RelationName> left_invalid;  // indexes that are INVALID since this statement
};

// How a transaction ended; failed: with the statement that failed.
enum class Ending { committed, rolled_back, failed };

// Reads the performer's locks while its transaction is still open: everything that it holds,
// exactly. Nothing here runs within the measured time.
//
// It reads from beside the performer, where nothing of it can be felt. Between a single statement
// that changes the schema and our COMMIT nothing is left to feel it, and there the performer is
// asked itself: a third process that has to be woken for each of ten thousand small statements
// takes longer than they do.
//
// A statement that can only take weak locks is not read on its own unless it takes long, and
// neither is one that only makes new relations when readings have become dear: their locks are read
// before the next statement that is, before any other when readings are cheap, or before COMMIT,
// and put down to the statement that names the relation.
class Witness {
  public:
    explicit Witness(const pg::ConnInfo& where);
    Witness(Witness&&) noexcept;
    ~Witness();

    // The session that performs from now on; it outlives the witness or the next call.
    void watch(pg::PerformerSession& performer);
    // Where the WAL stands, for the first statement's share of it; how large the tables are.
    void migration_begins();

    // Before every statement, in a transaction or not.
    void statement_begins(const sql::Classification& classification);
    // Outside of a transaction: whether it may end a transaction itself, so that none may be opened
    // for it. Of a CALL the bodies of the procedures with that name tell.
    bool may_commit(const sql::Classification& classification);
    // Outside of a transaction, before one is opened for a single statement. True when that changes
    // the schema and nothing else, and the performer will be asked itself: it then asks nothing
    // here before the next such statement, unless another one comes between.
    bool before_wrapped(const sql::Classification& classification);
    // In an open transaction, before a statement: reads what was put off, where the statement's own
    // locks would otherwise be taken for an earlier one's.
    void before_statement(const sql::Classification& classification, Millis at);
    // After it. `must_read`: COMMIT follows at once.
    StatementReading after_statement(const FinishedStatement& statement, bool must_read);
    // Before the transaction ends, or goes back to a savepoint: what was put off.
    void before_end(Millis at);
    // The COMMIT of a single statement's transaction went well; transaction_ended() follows.
    void wrapped_committed();
    // COMMIT or ROLLBACK or a failure ended the transaction at `at`. `sampled` is what the sampler
    // saw since the transaction began. Without `keep_weak`, holds that block neither readers nor
    // writers are dropped.
    void transaction_ended(Millis at, const std::vector<SampledHold>& sampled, bool keep_weak,
                           Ending ending = Ending::committed);
    // Ordinal of the first statement whose locks the ended transaction took into its grave unread.
    std::optional<std::size_t> first_unread() const;

    // Around a statement that cannot be in a transaction.
    void before_bare(const sql::Classification& classification);
    StatementReading after_bare(const FinishedStatement& statement,
                                const std::vector<SampledHold>& sampled);

    // The holds of the transactions that have ended, in the order of their acquisition.
    std::vector<LockHold> take_holds();
    // After the migration's last transaction: what it changed in the schema, not yet put down to
    // statements, and the rows that it changed.
    std::vector<SchemaChange> take_changes();
    std::vector<RowsChanged> take_rows_changed();
    // Of the tables that the migration held. Asks nothing: from the sizes before the replay, and
    // those after long statements.
    std::optional<TableSize> largest_table_of(const std::vector<LockHold>& holds) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rehearse::observe
