#include "hold_ledger.hpp"

#include <algorithm>
#include <utility>

namespace rehearse::observe {

namespace {

LockHold hold_of(pg::Oid relation, pg::LockMode mode, const std::string& virtualtransaction) {
    LockHold hold;
    hold.relation_oid = relation;
    hold.mode = mode;
    hold.virtualtransaction = virtualtransaction;
    return hold;
}

// No reading after the last that showed it showed another lock of its transaction.
bool ends_with_its_transaction(const SampledHold& hold, const std::vector<SampledHold>& sampled) {
    return std::none_of(sampled.begin(), sampled.end(), [&hold](const SampledHold& other) {
        return other.virtualtransaction == hold.virtualtransaction && hold.first_without &&
               other.last_granted >= hold.first_without;
    });
}

}  // namespace

std::vector<pg::LockRow> HoldLedger::read(const std::vector<pg::LockRow>& locks, Millis at,
                                          const std::function<Taker(pg::Oid)>& taker_of) {
    std::vector<pg::LockRow> added;
    std::map<Key, LockHold> gone = std::exchange(open_, {});
    for (const pg::LockRow& row : locks) {
        if (!row.granted) continue;
        Key key{row.virtualtransaction, row.relation, row.mode};
        if (auto known = gone.extract(key)) {
            open_.insert(std::move(known));
            continue;
        }
        LockHold hold = hold_of(row.relation, row.mode, row.virtualtransaction);
        const Taker taker = taker_of(row.relation);
        hold.acquired_by = taker.ordinal;
        hold.acquired = taker.started;
        if (open_.emplace(std::move(key), std::move(hold)).second) added.push_back(row);
    }
    for (auto& [key, hold] : gone) close(std::move(hold), at);
    return added;
}

void HoldLedger::statement_ran(std::size_t ordinal, Millis elapsed,
                               std::optional<Millis> last_polled) {
    if (last_polled) last_polled_[ordinal] = *last_polled;
    if (slowest_.size() == kMostStretchers) {
        const auto fastest = std::min_element(
            slowest_.begin(), slowest_.end(),
            [](const Statement& a, const Statement& b) { return a.elapsed < b.elapsed; });
        if (fastest->elapsed >= elapsed) return;
        slowest_.erase(fastest);
    }
    slowest_.push_back({ordinal, elapsed});
}

void HoldLedger::close(LockHold hold, Millis at) {
    hold.released = hold.not_after = at;
    hold.not_before = hold.acquired;
    for (const Statement& statement : slowest_) {
        if (statement.ordinal > hold.acquired_by) hold.stretched_by.push_back(statement.ordinal);
    }
    closed_.push_back(std::move(hold));
}

std::vector<LockHold> HoldLedger::transaction_ended(Millis at,
                                                    const std::vector<SampledHold>& sampled,
                                                    bool has_failed) {
    std::map<Key, Millis> first_seen;
    for (const SampledHold& sample : sampled) {
        const auto first = sample.first_waiting ? sample.first_waiting : sample.first_granted;
        if (first) first_seen[{sample.virtualtransaction, sample.relation, sample.mode}] = *first;
    }
    for (auto& [key, hold] : open_) {
        const auto polled = last_polled_.find(hold.acquired_by);
        if (polled == last_polled_.end()) continue;
        const auto first = first_seen.find(key);
        if (first == first_seen.end() || first->second > polled->second)
            hold.acquired = std::max(hold.acquired, std::min(polled->second, at));
    }
    std::vector<LockHold> seen_between;
    for (const SampledHold& sample : sampled) {
        const auto known = open_.find({sample.virtualtransaction, sample.relation, sample.mode});
        if (known != open_.end()) {
            LockHold& hold = known->second;
            hold.waited = sample.waited();
            // A statement whose own reading was put off can have taken it before the one that it
            // was put down to.
            if (sample.ordinal < hold.acquired_by) {
                hold.acquired_by = sample.ordinal;
                hold.acquired = sample.statement_started;
            }
            if (sample.ordinal != hold.acquired_by) continue;
            if (sample.first_waiting && sample.first_granted) {
                hold.acquired = *sample.first_granted;
            } else if (sample.last_without) {
                hold.acquired = std::max(hold.acquired, *sample.last_without);
            }
        } else if (sample.first_granted && !is_known(sample)) {
            LockHold hold = hold_of(sample.relation, sample.mode, sample.virtualtransaction);
            hold.evidence = Evidence::sampled;
            hold.acquired_by = sample.ordinal;
            // The sampler's clock of a statement begins a few microseconds before its own.
            hold.acquired = std::min(*sample.first_granted, at);
            hold.released = std::min(*sample.last_granted, at);
            hold.not_before = std::min(sample.last_without.value_or(sample.statement_started), at);
            hold.not_after = std::min(sample.first_without.value_or(at), at);
            if (has_failed && ends_with_its_transaction(sample, sampled))
                hold.released = hold.not_after;
            hold.waited = sample.waited();
            seen_between.push_back(std::move(hold));
        }
    }
    for (auto& [key, hold] : open_) close(std::move(hold), at);
    open_.clear();
    slowest_.clear();
    last_polled_.clear();
    std::vector<LockHold> holds = std::exchange(closed_, {});
    holds.insert(holds.end(), std::make_move_iterator(seen_between.begin()),
                 std::make_move_iterator(seen_between.end()));
    return holds;
}

// True for what a reading has already told of: a hold that ROLLBACK TO SAVEPOINT ended, and a
// parallel worker's share, which has its leader's relation and mode but a virtual transaction of
// its own.
bool HoldLedger::is_known(const SampledHold& sample) const {
    const auto same_lock = [&sample](pg::Oid relation, pg::LockMode mode) {
        return relation == sample.relation && mode == sample.mode;
    };
    return std::any_of(open_.begin(), open_.end(),
                       [&](const auto& entry) {
                           return same_lock(entry.first.relation, entry.first.mode);
                       }) ||
           std::any_of(closed_.begin(), closed_.end(), [&](const LockHold& hold) {
               return same_lock(hold.relation_oid, hold.mode);
           });
}

std::vector<pg::Oid> HoldLedger::relations_held(pg::LockMode at_least) const {
    std::vector<pg::Oid> relations;
    for (const auto& [key, hold] : open_) {
        if (key.mode >= at_least && (relations.empty() || relations.back() != key.relation))
            relations.push_back(key.relation);
    }
    return relations;
}

}  // namespace rehearse::observe
