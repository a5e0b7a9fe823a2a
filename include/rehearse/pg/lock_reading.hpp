#pragma once

#include "rehearse/pg/relation_facts.hpp"
#include "rehearse/pg/types.hpp"

#include <cstdint>
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

struct LockReading {
    std::vector<LockRow> locks;      // of the watched backend and its parallel workers
    std::uint64_t wal_position = 0;  // pg_current_wal_insert_lsn() as a byte offset
};

// The same, with the facts of those among the locked relations that the reader can see.
struct NamedLockReading {
    LockReading reading;
    RelationMap relations;
};

}  // namespace rehearse::pg
