#pragma once

#include "rehearse/pg/relation_facts.hpp"

#include <optional>
#include <set>
#include <vector>

namespace rehearse::observe {

// What happened to storage between two looks at the catalog.
struct StorageChanges {
    struct Replaced {
        pg::RelationFacts before;
        pg::RelationFacts after;
    };
    std::vector<Replaced> tables;  // a table's relfilenode changed
    std::vector<pg::RelationFacts>
        indexes;                            // built anew on a table that was there and kept its own
    std::vector<pg::RelationName> invalid;  // indexes that were not INVALID before
};

// Between two looks at everything, with no transaction open.
StorageChanges changes_between(const pg::RelationMap& before, const pg::RelationMap& after);

// What is known of relations: as everybody sees them (committed), and as the performer's open
// transaction has made or changed them. Pure: it is told and asks nobody.
class RelationBook {
  public:
    // Of these, the ones that nobody has looked up yet.
    std::vector<pg::Oid> unknown(const std::vector<pg::Oid>& oids) const;
    // The highest oid that others can see, until a transaction ends of which not all is known.
    bool knows_newest() const { return newest_.has_value(); }
    void learn_newest(pg::Oid newest) { newest_ = newest; }
    // Of the unknown ones, those that are not newer than that.
    std::vector<pg::Oid> unknown_and_old(const std::vector<pg::Oid>& oids) const;
    // The committed state of what was asked for. Returns what is not there: it is new.
    std::vector<pg::Oid> learn_committed(const std::vector<pg::Oid>& asked,
                                         const pg::RelationMap& found);
    // How the performer's own transaction sees what was asked for. What it does not see either was
    // dropped again: the transient heap that a rewrite fills, or a dropped table.
    StorageChanges learn_own(const std::vector<pg::Oid>& asked, const pg::RelationMap& found);

    // As others see it; a new relation as its own transaction does. nullptr for a transient one.
    const pg::RelationFacts* find(pg::Oid oid) const;
    bool is_new(pg::Oid oid) const { return fresh_.contains(oid); }

    // After COMMIT or ROLLBACK: what the transaction may have changed is asked for again, unless
    // what was learned last from itself is what it committed.
    void transaction_ended(const std::vector<pg::Oid>& changed, bool own_is_committed = false);

  private:
    pg::RelationMap known_before(const std::vector<pg::Oid>& asked,
                                 const pg::RelationMap& found) const;

    pg::RelationMap committed_;
    pg::RelationMap own_;          // made or changed by the open transaction
    std::set<pg::Oid> fresh_;      // made by it
    std::set<pg::Oid> transient_;  // made and dropped by it
    std::optional<pg::Oid> newest_;
};

}  // namespace rehearse::observe
