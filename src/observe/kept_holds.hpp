#pragma once

#include "rehearse/observe/observation.hpp"
#include "rehearse/pg/relation_facts.hpp"

#include <functional>
#include <map>
#include <vector>

namespace rehearse::observe {

// The holds of a migration's ended transactions, with the names of their relations. Pure.
class KeptHolds {
  public:
    using FactsOf = std::function<const pg::RelationFacts*(pg::Oid)>;

    // Of a child (partition, inheriting table, index of one) its parent.
    void migration_begins(std::map<pg::Oid, pg::Oid> parents) { parents_ = std::move(parents); }

    // Of which relations add() needs the facts.
    std::vector<pg::Oid> relations_of(const std::vector<LockHold>& ended) const;
    // What has no name was made and dropped within the transaction, and is nobody else's business.
    // Without `keep_weak`, holds that block neither readers nor writers are dropped.
    void add(std::vector<LockHold> ended, const FactsOf& facts_of,
             const std::function<bool(pg::Oid)>& is_new, bool keep_weak);

    // In the order of their acquisition.
    std::vector<LockHold> take();

  private:
    pg::Oid topmost_parent_of(pg::Oid relation) const;  // 0 where it has none

    std::map<pg::Oid, pg::Oid> parents_;
    std::vector<LockHold> holds_;
};

}  // namespace rehearse::observe
