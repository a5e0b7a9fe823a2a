#include "kept_holds.hpp"

#include "statement_effects.hpp"

#include <algorithm>
#include <utility>

namespace rehearse::observe {

namespace {

bool blocks_somebody(const LockHold& hold) {
    return !hold.new_relation && pg::blocks_writes(hold.mode);
}

}  // namespace

std::vector<pg::Oid> KeptHolds::relations_of(const std::vector<LockHold>& ended) const {
    std::vector<pg::Oid> relations;
    for (const LockHold& hold : ended) {
        relations.push_back(hold.relation_oid);
        if (const pg::Oid parent = topmost_parent_of(hold.relation_oid))
            relations.push_back(parent);
    }
    return relations;
}

void KeptHolds::add(std::vector<LockHold> ended, const FactsOf& facts_of,
                    const std::function<bool(pg::Oid)>& is_new, bool keep_weak) {
    for (LockHold& hold : ended) {
        const pg::RelationFacts* facts = facts_of(hold.relation_oid);
        if (facts == nullptr || is_internal(facts->name)) continue;
        hold.relation = facts->name;
        hold.relkind = facts->relkind;
        const pg::RelationFacts* table = facts_of(facts->table_of_index);
        if (table != nullptr) {
            hold.table_oid = table->oid;
            hold.table = table->name;
        }
        const pg::RelationFacts* parent = facts_of(topmost_parent_of(hold.relation_oid));
        if (parent != nullptr) hold.child_of = parent->name;
        // Nobody else can use a temporary table.
        hold.new_relation = is_new(hold.relation_oid) || facts->name.schema.starts_with("pg_temp");
        if (keep_weak || blocks_somebody(hold)) holds_.push_back(std::move(hold));
    }
}

std::vector<LockHold> KeptHolds::take() {
    std::vector<LockHold> taken = std::exchange(holds_, {});
    std::stable_sort(taken.begin(), taken.end(),
                     [](const LockHold& a, const LockHold& b) { return a.acquired < b.acquired; });
    return taken;
}

pg::Oid KeptHolds::topmost_parent_of(pg::Oid relation) const {
    pg::Oid topmost = 0;
    for (auto entry = parents_.find(relation); entry != parents_.end();
         entry = parents_.find(topmost)) {
        topmost = entry->second;
    }
    return topmost;
}

}  // namespace rehearse::observe
