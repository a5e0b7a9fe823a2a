#include "relation_book.hpp"

#include <algorithm>

namespace rehearse::observe {

namespace {

bool is_table(const pg::RelationFacts& facts) {
    return facts.relkind == 'r' || facts.relkind == 'm';
}

bool has_new_storage(const pg::RelationFacts& before, const pg::RelationFacts& after) {
    return before.relfilenode != 0 && after.relfilenode != 0 &&
           before.relfilenode != after.relfilenode;
}

// ALTER COLUMN TYPE makes some indexes anew as catalog entries and keeps their storage
// (TryReuseIndex in tablecmds.c): nothing is built.
bool reuses_storage(const pg::RelationFacts& index, const pg::RelationMap& before) {
    return std::any_of(before.begin(), before.end(), [&index](const auto& entry) {
        return entry.second.table_of_index == index.table_of_index &&
               entry.second.relfilenode == index.relfilenode;
    });
}

// Perhaps with another oid: ALTER COLUMN TYPE makes some indexes again under their name.
bool was_there(const pg::RelationFacts& index, const pg::RelationMap& before) {
    return std::any_of(before.begin(), before.end(),
                       [&index](const auto& entry) { return entry.second.name == index.name; });
}

}  // namespace

StorageChanges changes_between(const pg::RelationMap& before, const pg::RelationMap& after) {
    StorageChanges changes;
    std::set<pg::Oid> rewritten;
    for (const auto& [oid, now] : after) {
        const auto old = before.find(oid);
        if (old == before.end() || !is_table(now) || !has_new_storage(old->second, now)) continue;
        changes.tables.push_back({old->second, now});
        rewritten.insert(oid);
    }
    for (const auto& [oid, now] : after) {
        if (now.relkind != 'i') continue;
        const auto old = before.find(oid);
        if (!now.index_is_valid && (old == before.end() || old->second.index_is_valid))
            changes.invalid.push_back(now.name);
        // An empty index comes with every new table, and a rewrite builds all indexes again.
        if (!before.contains(now.table_of_index)) continue;
        if (rewritten.contains(now.table_of_index) && was_there(now, before)) continue;
        const bool built =
            old == before.end() ? !reuses_storage(now, before) : has_new_storage(old->second, now);
        if (built) changes.indexes.push_back(now);
    }
    return changes;
}

std::vector<pg::Oid> RelationBook::unknown(const std::vector<pg::Oid>& oids) const {
    std::vector<pg::Oid> strangers;
    for (const pg::Oid oid : oids) {
        if (!committed_.contains(oid) && !fresh_.contains(oid) && !transient_.contains(oid))
            strangers.push_back(oid);
    }
    return strangers;
}

std::vector<pg::Oid> RelationBook::unknown_and_old(const std::vector<pg::Oid>& oids) const {
    std::vector<pg::Oid> strangers = unknown(oids);
    std::erase_if(strangers, [this](pg::Oid oid) { return newest_ && oid > *newest_; });
    return strangers;
}

std::vector<pg::Oid> RelationBook::learn_committed(const std::vector<pg::Oid>& asked,
                                                   const pg::RelationMap& found) {
    std::vector<pg::Oid> missing;
    for (const pg::Oid oid : asked) {
        const auto known = found.find(oid);
        if (known == found.end()) {
            missing.push_back(oid);
        } else {
            committed_.insert_or_assign(oid, known->second);
        }
    }
    return missing;
}

StorageChanges RelationBook::learn_own(const std::vector<pg::Oid>& asked,
                                       const pg::RelationMap& found) {
    StorageChanges changes;
    // Only what existed before the transaction is worth telling of.
    const bool concerns_old = std::any_of(found.begin(), found.end(), [this](const auto& entry) {
        return committed_.contains(entry.first) || committed_.contains(entry.second.table_of_index);
    });
    if (concerns_old) {
        changes = changes_between(known_before(asked, found), found);
    }
    for (const pg::Oid oid : asked) {
        const auto known = found.find(oid);
        if (known != found.end()) {
            own_.insert_or_assign(oid, known->second);
            if (!committed_.contains(oid)) fresh_.insert(oid);
        } else if (!committed_.contains(oid)) {
            transient_.insert(oid);
        }
    }
    return changes;
}

// What was known of these relations as they were before the transaction. For an index also its
// table, and for a new one the other indexes of that table.
pg::RelationMap RelationBook::known_before(const std::vector<pg::Oid>& asked,
                                           const pg::RelationMap& found) const {
    pg::RelationMap before;
    const auto add = [&](pg::Oid oid) {
        if (fresh_.contains(oid)) return;
        for (const pg::RelationMap* known : {&own_, &committed_}) {
            const auto entry = known->find(oid);
            if (entry != known->end()) before.insert(*entry);
        }
    };
    for (const pg::Oid oid : asked) add(oid);
    std::set<pg::Oid> tables_with_new_index;
    for (const auto& [oid, facts] : found) {
        if (!facts.is_index()) continue;
        add(facts.table_of_index);
        if (!before.contains(oid)) tables_with_new_index.insert(facts.table_of_index);
    }
    if (tables_with_new_index.empty()) return before;
    for (const auto& [oid, facts] : committed_) {
        if (tables_with_new_index.contains(facts.table_of_index)) add(oid);
    }
    return before;
}

const pg::RelationFacts* RelationBook::find(pg::Oid oid) const {
    const auto committed = committed_.find(oid);
    if (committed != committed_.end()) return &committed->second;
    const auto own = own_.find(oid);
    return own == own_.end() ? nullptr : &own->second;
}

void RelationBook::transaction_ended(const std::vector<pg::Oid>& changed, bool own_is_committed) {
    for (const pg::Oid oid : changed) committed_.erase(oid);
    if (own_is_committed) {
        for (const auto& [oid, facts] : own_) committed_.insert_or_assign(oid, facts);
        if (newest_ && !own_.empty()) newest_ = std::max(*newest_, own_.rbegin()->first);
    } else {
        newest_.reset();
    }
    own_.clear();
    fresh_.clear();
    transient_.clear();
}

}  // namespace rehearse::observe
