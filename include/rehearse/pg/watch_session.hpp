#pragma once

#include "rehearse/pg/types.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
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
    std::vector<LockRow>
        locks;  // of the watched backend and its parallel workers, in its own database only
    std::uint64_t wal_position = 0;  // pg_current_wal_insert_lsn() as a byte offset
    std::string wait_event_type;     // pg_stat_activity of the watched backend; empty when it runs
    std::string wait_event;
};

// pg_class as far as the report speaks of it.
struct RelationFacts {
    Oid oid = 0;
    RelationName name;
    char relkind = ' ';
    Oid relfilenode = 0;         // pg_relation_filenode(oid); 0 where there is none
    std::int64_t bytes = 0;      // pg_relation_size(oid, 'main')
    Oid table_of_index = 0;      // pg_index.indrelid, for indexes
    bool index_is_valid = true;  // pg_index.indisvalid
};

// Row of pg_stat_progress_create_index, _cluster, _copy, _vacuum or _analyze for the watched
// backend.
struct ProgressRow {
    std::string command;
    std::string phase;
    std::int64_t done = 0;
    std::int64_t total = 0;  // 0: not told
};

// Reads what one backend does, from beside it. The witness and the sampler own one each.
// application_name is 'rehearse witness' or 'rehearse sampler'; statement_timeout is 10 s.
class WatchSession {
  public:
    WatchSession(const ConnInfo& where, int watched_pid);
    WatchSession(WatchSession&&) noexcept;
    ~WatchSession();

    // One prepared query over pg_lock_status(), with WAL position. No join.
    LockReading read_locks();
    // Facts of these relations as another session sees them (committed); a missing oid did not
    // exist, or not yet.
    std::map<Oid, RelationFacts> read_relations(const std::vector<Oid>& oids);
    // Facts of every relation that is not in pg_catalog, information_schema or pg_toast.
    std::map<Oid, RelationFacts> read_all_relations();
    std::optional<ProgressRow> read_progress();
    // pg_blocking_pids() of the watched backend.
    std::vector<int> read_blockers();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rehearse::pg
