#pragma once

#include "rehearse/pg/relation_facts.hpp"
#include "rehearse/pg/types.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rehearse::pg {

// One row of pg_locks with locktype 'relation' (PostgreSQL manual, 54.12).
struct LockRow {
    Oid relation = 0;                // pg_locks.relation
    LockMode mode{};                 // pg_locks.mode
    bool granted = true;             // pg_locks.granted
    std::string virtualtransaction;  // pg_locks.virtualtransaction: tells one transaction's holds
                                     // from the next's
    auto operator<=>(const LockRow&) const = default;
};

// Of one of several backends.
struct BackendLock {
    int pid = 0;
    LockRow row;  // relation 0: of the transaction itself, which may hold no more than that
};

using BackendLocks = std::vector<BackendLock>;

struct LockReading {
    std::vector<LockRow> locks;  // of the watched backend and its parallel workers
    // pg_locks.locktype of another lock that is waited for: "virtualxid", "transactionid"; else
    // empty. Only WatchSession::read_locks() reads it.
    std::string awaited;
    std::uint64_t wal_position = 0;  // pg_current_wal_insert_lsn() as a byte offset
};

// Rows of one relation, as pg_stat_xact_all_tables counts them for the open transaction, and
// pg_stat_all_tables for all that was reported.
struct RelationActivity {
    std::int64_t inserted = 0;
    std::int64_t updated = 0;
    std::int64_t deleted = 0;
    std::int64_t scanned = 0;  // seq_tup_read: by whole scans

    bool operator==(const RelationActivity&) const = default;
};

using ActivityMap = std::map<Oid, RelationActivity>;

// What a session did to rows since it last reported to the statistics system, which it does between
// transactions, but not between all of them.
struct ActivityReading {
    ActivityMap relations;
    // Greater than at the last reading, unless the session reported meanwhile.
    std::int64_t mark = 0;
};

// What all sessions have reported since the statistics were reset. What a transaction did that was
// rolled back is counted, too.
struct ReportedActivity {
    ActivityMap relations;
    std::int64_t rollbacks = 0;  // pg_stat_database.xact_rollback
};

// A reading of locks, with the facts of those among the locked relations that the reader can see.
struct NamedLockReading {
    LockReading reading;
    RelationMap relations;
    ActivityReading activity;  // of read_own_locks() alone
};

}  // namespace rehearse::pg
