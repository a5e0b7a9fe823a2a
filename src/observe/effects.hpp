#pragma once

#include "rehearse/observe/witness.hpp"
#include "rehearse/pg/watch_session.hpp"

#include "activity_book.hpp"

#include <functional>
#include <map>
#include <set>
#include <vector>

namespace rehearse::observe {

// What a migration did beyond its locks: rows, sizes, columns and constraints, as differences
// between readings.
class Effects {
  public:
    using FactsOf = std::function<const pg::RelationFacts*(pg::Oid)>;

    // Between migrations.
    void migration_begins(pg::WatchSession& watch);

    // The open transaction has begun to hold these relations in modes that a change of their schema
    // takes, and nobody else sees yet what it changed. What it has made is left out.
    void will_change(const std::vector<pg::Oid>& relations, pg::WatchSession& watch);
    void has_made(pg::Oid relation);

    // What was done to rows since the last time, in the open transaction.
    RowEffects rows_since_last(const pg::ActivityReading& now, const FactsOf& facts_of);
    // A reading that is for no statement.
    void skip_rows(const pg::ActivityReading& now) { activity_.since_last(now); }
    // The relations that any reading was of.
    std::vector<pg::Oid> counted() const { return activity_.relations(); }
    // What was counted so far is not counted again.
    void rows_were_reported() { activity_.was_reported(); }
    // What a statement did that is in no transaction of ours, so that it is committed.
    RowEffects rows_done(const pg::ActivityMap& done, const FactsOf& facts_of);
    // Differences to what was known of these tables.
    std::vector<SizeChange> sizes_since_last(const pg::SizeMap& now, const FactsOf& facts_of);
    // What was done since a savepoint does not count when the transaction goes back to it.
    void savepoint_ran(const sql::SavepointUse& use);
    void transaction_ended(bool is_committed);

    // After the migration's last transaction.
    std::vector<SchemaChange> take_changes(pg::WatchSession& watch);
    std::vector<RowsChanged> take_rows_changed();
    std::optional<TableSize> largest_table_of(const std::vector<LockHold>& holds) const;

  private:
    using Totals = std::map<pg::RelationName, RowsChanged>;

    std::int64_t bytes_before_migration(pg::Oid relation) const;
    static RowEffects add_rows(Totals& totals, const pg::ActivityMap& activity,
                               const FactsOf& facts_of);

    ActivityBook activity_;
    Totals in_transaction_;
    std::vector<std::pair<std::string, Totals>> savepoints_;  // with what was done before each
    Totals committed_;
    std::optional<pg::SizeMap> sizes_;
    pg::SizeMap sizes_before_;    // of those that the open transaction changed
    pg::SizeMap sizes_at_begin_;  // of those that the migration changed
    pg::ShapeMap before_;         // as they were before the migration
    std::set<pg::Oid> looked_;    // of the relations that the migration may have changed
    std::set<pg::Oid> made_;
};

}  // namespace rehearse::observe
