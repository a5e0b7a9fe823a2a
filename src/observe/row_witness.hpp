#pragma once

#include "rehearse/observe/witness.hpp"
#include "rehearse/pg/watch_session.hpp"

#include "effects.hpp"
#include "reading_budget.hpp"
#include "relation_book.hpp"

#include <optional>
#include <vector>

namespace rehearse::observe {

// The witness's eye for rows: asks the performer what it did to them (pg_stat_xact_all_tables,
// which tells it of its own transaction alone), and finds what commits by itself, in blocks of code
// and at COMMIT, from what the server reports to everybody (pg_stat_all_tables).
class RowWitness {
  public:
    // All three outlive it.
    RowWitness(pg::WatchSession& watch, RelationBook& book, Effects& effects)
        : watch_{watch}, book_{book}, effects_{effects} {}

    void watch(pg::PerformerSession& performer) { performer_ = &performer; }
    void migration_begins();

    // In the open transaction.
    void statement_ran(const FinishedStatement& statement);
    // What was done since the last reading, with which the locks were read. `is_own`: the performer
    // was asked for both. `statement`: the one that it is for, if any. Empty where something else
    // is in it: what the COMMIT before did, or a statement outside of a transaction.
    RowEffects read(const pg::NamedLockReading& locks, bool is_own,
                    const FinishedStatement* statement);
    // True when what triggers did at its COMMIT was read, and all that the transaction did is
    // known.
    bool transaction_ended(bool is_committed);
    // What the last COMMIT or statement outside of a transaction did is yet to be read.
    bool has_rest() const { return has_rest_; }

    // Around a statement outside of a transaction.
    void before_bare();
    // `after`: all relations, since its end.
    RowEffects after_bare(const pg::RelationMap& after, const Effects::FactsOf& facts_of);

  private:
    std::vector<pg::Oid> tables_in(const pg::LockReading& locks) const;
    std::vector<pg::Oid> resized_by(const FinishedStatement& statement,
                                    std::vector<pg::Oid> tables) const;
    void read_commit();
    void skip_rest(const pg::RelationMap& relations);
    bool report();

    pg::WatchSession& watch_;
    RelationBook& book_;
    Effects& effects_;
    pg::PerformerSession* performer_ = nullptr;
    bool is_pending_ = false;       // what ran since the last reading may have changed rows
    bool changed_rows_ = false;     // so may what ran in the open transaction
    bool works_at_commit_ = false;  // there are triggers that may change rows then
    bool has_rest_ = false;
    std::optional<pg::ReportedActivity> before_bare_;  // where the performer can report
    // For each COMMIT: the reading is of all tables.
    ReadingBudget for_commits_{Millis{0.3}};
    Millis commit_cost_{};
};

}  // namespace rehearse::observe
