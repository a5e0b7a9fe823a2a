#include "rehearse/verdict/verdict.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

namespace rehearse::verdict {

namespace {

using observe::LockHold;
using Holds = std::vector<const LockHold*>;

Millis union_of(Holds holds) {
    std::sort(holds.begin(), holds.end(),
              [](const auto* a, const auto* b) { return a->acquired < b->acquired; });
    Millis sum{};
    Millis covered_until{};
    for (const auto* hold : holds) {
        const auto from = std::max(hold->acquired, covered_until);
        if (hold->released <= from) continue;
        sum += hold->released - from;
        covered_until = hold->released;
    }
    return sum;
}

Blocking joined(const Holds& holds, bool blocks_reads) {
    const auto& longest =
        **std::max_element(holds.begin(), holds.end(),
                           [](const auto* a, const auto* b) { return a->held() < b->held(); });
    Blocking blocking;
    blocking.relation = longest.relation;
    blocking.mode = longest.mode;
    blocking.blocks_reads = blocks_reads;
    blocking.held = union_of(holds);
    blocking.acquired_by = longest.acquired_by;
    std::set<std::size_t> stretched_by;
    for (const auto* hold : holds) {
        blocking.mode = std::max(blocking.mode, hold->mode);
        blocking.evidence = std::max(blocking.evidence, hold->evidence);
        stretched_by.insert(hold->acquired_by);
        stretched_by.insert(hold->stretched_by.begin(), hold->stretched_by.end());
    }
    stretched_by.erase(blocking.acquired_by);
    blocking.stretched_by.assign(stretched_by.begin(), stretched_by.end());
    return blocking;
}

Holds those(const Holds& holds, const std::function<bool(const LockHold&)>& wanted) {
    Holds result;
    std::copy_if(holds.begin(), holds.end(), std::back_inserter(result),
                 [&](const auto* hold) { return wanted(*hold); });
    return result;
}

}  // namespace

// Every lock that blocks readers blocks writers too (table 13.2), so a relation has one entry while
// the two spans are the same and a second, writes only, where writers were kept out for longer.
std::vector<Blocking> blocking_of(const observe::MigrationObservation& observation) {
    std::map<std::tuple<pg::Oid, pg::RelationName>, Holds> by_relation;
    for (const auto& hold : observation.holds) {
        if (!rules::keeps_users_out(hold)) continue;
        // A relation renamed on the way keeps its oid; an oid of 0 is not known.
        const auto name = hold.relation_oid == 0 ? hold.relation : pg::RelationName{};
        by_relation[{hold.relation_oid, name}].push_back(&hold);
    }

    std::vector<Blocking> result;
    for (const auto& [relation, holds] : by_relation) {
        const auto readers = those(holds, [](const auto& h) { return pg::blocks_reads(h.mode); });
        if (!readers.empty()) result.push_back(joined(readers, true));
        if (readers.empty() || union_of(holds) > union_of(readers)) {
            auto writers = joined(holds, false);
            // What keeps readers out too has an entry of its own.
            writers.mode =
                joined(those(holds, [](const auto& h) { return !pg::blocks_reads(h.mode); }), false)
                    .mode;
            result.push_back(std::move(writers));
        }
    }
    std::stable_sort(result.begin(), result.end(), [](const auto& a, const auto& b) {
        return std::tuple{-a.held.count(), !a.blocks_reads, a.relation} <
               std::tuple{-b.held.count(), !b.blocks_reads, b.relation};
    });
    return result;
}

}  // namespace rehearse::verdict
