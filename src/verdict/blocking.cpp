#include "rehearse/verdict/verdict.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

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

bool is_of_an_index(const LockHold& hold) {
    return !hold.table.name.empty();
}

// The table's own lock stands for those of its indexes.
bool is_stronger(const LockHold& a, const LockHold& b) {
    return std::pair{a.mode, !is_of_an_index(a)} > std::pair{b.mode, !is_of_an_index(b)};
}

Blocking joined(const Holds& holds, bool blocks_reads) {
    const auto& longest =
        **std::max_element(holds.begin(), holds.end(),
                           [](const auto* a, const auto* b) { return a->held() < b->held(); });
    Blocking blocking;
    blocking.relation = rules::kept_from(longest);
    blocking.blocks_reads = blocks_reads;
    blocking.held = union_of(holds);
    blocking.acquired_by = longest.acquired_by;
    std::set<std::size_t> stretched_by;
    std::set<std::string> transactions;
    const LockHold* strongest = &longest;
    for (const auto* hold : holds) {
        if (is_stronger(*hold, *strongest)) strongest = hold;
        blocking.evidence = std::max(blocking.evidence, hold->evidence);
        // Of a sampled one it may be a parallel worker's.
        if (hold->evidence == observe::Evidence::exact)
            transactions.insert(hold->virtualtransaction);
        if (hold->virtualtransaction != longest.virtualtransaction) continue;
        stretched_by.insert(hold->acquired_by);
        stretched_by.insert(hold->stretched_by.begin(), hold->stretched_by.end());
    }
    blocking.mode = strongest->mode;
    if (is_of_an_index(*strongest)) blocking.index = strongest->relation;
    blocking.transactions = std::max<std::size_t>(1, transactions.size());
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
    // What keeps readers out too comes first, unless it was for much shorter.
    constexpr double kAboutAsLong = 0.8;

    std::map<std::tuple<pg::Oid, pg::RelationName>, Holds> by_relation;
    for (const auto& hold : observation.holds) {
        if (!rules::keeps_users_out(hold)) continue;
        // A relation renamed on the way keeps its oid; an oid of 0 is not known.
        const auto oid = is_of_an_index(hold) ? hold.table_oid : hold.relation_oid;
        const auto name = oid == 0 ? rules::kept_from(hold) : pg::RelationName{};
        by_relation[{oid, name}].push_back(&hold);
    }

    std::vector<std::pair<Millis, Blocking>> by_rank;
    for (const auto& [relation, holds] : by_relation) {
        const auto readers = those(holds, [](const auto& h) { return pg::blocks_reads(h.mode); });
        const Millis read = union_of(readers);
        const Millis written = union_of(holds);
        if (!readers.empty()) by_rank.emplace_back(read, joined(readers, true));
        if (!readers.empty() && written <= read) continue;
        auto writers = joined(holds, false);
        // What keeps readers out too has an entry of its own.
        const auto alone =
            joined(those(holds, [](const auto& h) { return !pg::blocks_reads(h.mode); }), false);
        writers.mode = alone.mode;
        writers.index = alone.index;
        by_rank.emplace_back(read >= kAboutAsLong * written ? read : written, std::move(writers));
    }
    std::stable_sort(by_rank.begin(), by_rank.end(), [](const auto& a, const auto& b) {
        return std::tuple{-a.first.count(), !a.second.blocks_reads, a.second.relation} <
               std::tuple{-b.first.count(), !b.second.blocks_reads, b.second.relation};
    });
    std::vector<Blocking> result;
    for (auto& [rank, blocking] : by_rank) result.push_back(std::move(blocking));
    return result;
}

}  // namespace rehearse::verdict
