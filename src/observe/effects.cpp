#include "effects.hpp"

#include "schema_changes.hpp"
#include "statement_effects.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rehearse::observe {

namespace {

void add_to(std::map<pg::RelationName, RowsChanged>& totals, const RowsChanged& more) {
    RowsChanged& sum = totals[more.relation];
    sum.relation = more.relation;
    sum.inserted += more.inserted;
    sum.updated += more.updated;
    sum.deleted += more.deleted;
}

bool is_nobody_elses(const pg::RelationName& name) {
    return is_internal(name) || name.schema.starts_with("pg_temp");
}

}  // namespace

void Effects::migration_begins(pg::WatchSession& watch) {
    if (!sizes_) sizes_ = watch.read_table_sizes();
    sizes_at_begin_.clear();
    before_.clear();
    looked_.clear();
    made_.clear();
    in_transaction_.clear();
    savepoints_.clear();
    committed_.clear();
}

void Effects::will_change(const std::vector<pg::Oid>& relations, pg::WatchSession& watch) {
    std::vector<pg::Oid> unseen;
    for (const pg::Oid relation : relations) {
        if (!made_.contains(relation) && looked_.insert(relation).second)
            unseen.push_back(relation);
    }
    before_.merge(watch.read_shapes(unseen));
}

void Effects::has_made(pg::Oid relation) {
    if (!looked_.contains(relation)) made_.insert(relation);
}

RowEffects Effects::rows_since_last(const pg::ActivityReading& now, const FactsOf& facts_of) {
    return add_rows(in_transaction_, activity_.since_last(now), facts_of);
}

RowEffects Effects::rows_done(const pg::ActivityMap& done, const FactsOf& facts_of) {
    return add_rows(committed_, done, facts_of);
}

RowEffects Effects::add_rows(Totals& totals, const pg::ActivityMap& activity,
                             const FactsOf& facts_of) {
    RowEffects effects;
    for (const auto& [relation, done] : activity) {
        const pg::RelationFacts* facts = facts_of(relation);
        if (facts == nullptr || facts->is_index() || is_nobody_elses(facts->name)) continue;
        if (done.scanned > 0) effects.scans.push_back({facts->name, done.scanned});
        if (done.inserted == 0 && done.updated == 0 && done.deleted == 0) continue;
        effects.rows_changed.push_back({facts->name, done.inserted, done.updated, done.deleted});
        add_to(totals, effects.rows_changed.back());
    }
    return effects;
}

std::vector<SizeChange> Effects::sizes_since_last(const pg::SizeMap& now, const FactsOf& facts_of) {
    std::vector<SizeChange> changes;
    for (const auto& [relation, bytes] : now) {
        const pg::RelationFacts* facts = facts_of(relation);
        const std::int64_t before = std::exchange((*sizes_)[relation], bytes);
        sizes_before_.try_emplace(relation, before);
        sizes_at_begin_.try_emplace(relation, before);
        if (facts == nullptr || is_nobody_elses(facts->name) || before == bytes) continue;
        changes.push_back({facts->name, before, bytes});
    }
    return changes;
}

// One of that name hides those before it.
void Effects::savepoint_ran(const sql::SavepointUse& use) {
    using Kind = sql::SavepointUse::Kind;
    if (use.kind == Kind::set) {
        savepoints_.emplace_back(use.name, in_transaction_);
        return;
    }
    const auto named =
        std::find_if(savepoints_.rbegin(), savepoints_.rend(),
                     [&use](const auto& savepoint) { return savepoint.first == use.name; });
    if (named == savepoints_.rend()) return;
    if (use.kind == Kind::roll_back_to) {
        in_transaction_ = named->second;
        savepoints_.erase(named.base(), savepoints_.end());
    } else {
        savepoints_.erase(std::prev(named.base()), savepoints_.end());
    }
}

void Effects::transaction_ended(bool is_committed) {
    activity_.transaction_ended(is_committed);
    if (is_committed) {
        for (const auto& [name, rows] : in_transaction_) add_to(committed_, rows);
    } else {
        for (const auto& [relation, bytes] : sizes_before_) (*sizes_)[relation] = bytes;
    }
    sizes_before_.clear();
    in_transaction_.clear();
    savepoints_.clear();
}

std::vector<SchemaChange> Effects::take_changes(pg::WatchSession& watch) {
    std::vector<pg::Oid> relations(looked_.begin(), looked_.end());
    relations.insert(relations.end(), made_.begin(), made_.end());
    std::vector<SchemaChange> changes = changes_between(before_, watch.read_shapes(relations));
    std::erase_if(changes,
                  [](const SchemaChange& change) { return is_nobody_elses(change.relation); });
    return changes;
}

// Of one that the migration made, what it has become.
std::int64_t Effects::bytes_before_migration(pg::Oid relation) const {
    const auto changed = sizes_at_begin_.find(relation);
    if (changed != sizes_at_begin_.end() && changed->second > 0) return changed->second;
    const auto known = sizes_->find(relation);
    return known != sizes_->end() ? known->second : 0;
}

std::optional<TableSize> Effects::largest_table_of(const std::vector<LockHold>& holds) const {
    std::set<pg::Oid> counted;
    std::map<pg::RelationName, std::int64_t> bytes;
    for (const LockHold& hold : holds) {
        if (!counted.insert(hold.relation_oid).second) continue;
        bytes[hold.child_of.name.empty() ? hold.relation : hold.child_of] +=
            bytes_before_migration(hold.relation_oid);
    }
    const auto largest =
        std::max_element(bytes.begin(), bytes.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    if (largest == bytes.end() || largest->second == 0) return std::nullopt;
    return TableSize{largest->first, largest->second};
}

std::vector<RowsChanged> Effects::take_rows_changed() {
    std::vector<RowsChanged> rows;
    for (auto& [name, changed] : std::exchange(committed_, {})) rows.push_back(changed);
    return rows;
}

}  // namespace rehearse::observe
