#pragma once

#include "rehearse/pg/lock_reading.hpp"
#include "rehearse/pg/types.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::pg {

// Row of pg_stat_progress_create_index, _cluster, _vacuum or _analyze for the watched backend.
struct ProgressRow {
    std::string command;
    std::string phase;
    std::int64_t done = 0;
    std::int64_t total = 0;  // 0: not told
};

// pg_proc
struct Procedure {
    std::string language;  // "plpgsql", "sql", "c"
    std::string body;      // prosrc
};

// Reads what one backend does, from beside it. The witness and the sampler own one each.
// statement_timeout is 10 s. Throws Error(scratch) when the connection is lost for good.
class WatchSession {
  public:
    // A reader that waits with the watched session at rest connects again and asks once more; one
    // that polls must know what it missed.
    enum class WhenLost { throws, asks_again };

    // `name` is the application_name: "rehearse witness", "rehearse sampler".
    WatchSession(const ConnInfo& where, const std::string& name, WhenLost when = WhenLost::throws);
    WatchSession(WatchSession&&) noexcept;
    WatchSession& operator=(WatchSession&&) noexcept;
    ~WatchSession();

    // One prepared query over pg_lock_status(), with WAL position. No join. Locks on relations of
    // this database only; the system catalogs are left out.
    LockReading read_locks(int pid);
    // Of several backends, without their parallel workers, and one row for each open transaction.
    BackendLocks read_backends_locks(const std::vector<int>& pids);
    // The relations are as others see them: what is missing was made by the transaction that holds
    // the lock.
    NamedLockReading read_named_locks(int pid);
    // Facts of these relations as another session sees them (committed); a missing oid does not
    // exist, or not yet. Waits for no lock.
    RelationMap read_relations(const std::vector<Oid>& oids);
    // The highest oid of a relation that others can see.
    Oid read_newest_relation();
    // Facts of every relation that is not in pg_catalog, information_schema or pg_toast. Waits for
    // AccessExclusiveLocks: only while the watched session is in no transaction.
    RelationMap read_all_relations();
    // Bytes of a relation's file (RelationFacts::file), also of one that the open transaction has
    // replaced. Waits for no lock; 0 when it is gone.
    std::int64_t read_file_bytes(const std::string& file);
    // Of every table, and of some, with indexes and TOAST. Waits for AccessExclusiveLocks.
    SizeMap read_table_sizes();
    SizeMap read_table_sizes(const std::vector<Oid>& oids);
    // Of every table.
    ReportedActivity read_reported_activity();
    // A trigger that may change rows at COMMIT (pg_trigger.tgdeferrable).
    bool has_deferrable_triggers();
    // Columns and constraints as they are committed; a missing oid does not exist.
    ShapeMap read_shapes(const std::vector<Oid>& oids);
    // Partitions, child tables and child indexes with their parent.
    std::map<Oid, Oid> read_inheritance();
    // Procedures of that name in any schema, as they are committed.
    std::vector<Procedure> read_procedures(const std::string& name);
    std::optional<ProgressRow> read_progress(int pid);
    // Whom the backend waits for: "autovacuum worker", an application_name.
    std::vector<std::string> read_blockers(int pid);
    // For shutdown(2) from another thread, which ends a reading that hangs.
    int socket() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rehearse::pg
