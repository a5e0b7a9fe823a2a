#include "holds.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>

namespace rehearse::command {

namespace {

using observe::LockHold;
using Time = WallClock::time_point;

// The log's times are cut to the millisecond.
constexpr auto kGrain = std::chrono::milliseconds(1);

WallClock::duration to_clock(Millis span) {
    return std::chrono::duration_cast<WallClock::duration>(span);
}

Time end_of(const Step& step) {
    return step.began + to_clock(step.elapsed);
}

class Reader {
  public:
    Reader(const CommandTranscript& transcript, const RelationsAround& relations,
           Millis server_ahead)
        : transcript_(transcript), relations_(relations), ahead_(to_clock(server_ahead)) {
        for (std::size_t i = 0; i < transcript.steps.size(); ++i) {
            by_transaction_[transcript.steps[i].virtualtransaction].push_back(i);
            by_pid_[transcript.steps[i].pid].push_back(i);
        }
    }

    // nullopt where no statement of a migration can have taken it.
    std::optional<LockHold> hold_of(const LockSpan& span) const {
        const Step* taker = taker_of(span);
        if (taker == nullptr) return std::nullopt;
        const bool is_exact = span.first_exact.has_value();
        const Millis end = end_of_transaction(*taker, span);
        LockHold hold;
        hold.relation_oid = span.relation;
        hold.mode = span.mode;
        hold.virtualtransaction = span.virtualtransaction;
        hold.evidence = is_exact ? observe::Evidence::exact : observe::Evidence::sampled;
        hold.acquired_by = taker->ordinal;
        const auto at = [&](const std::optional<Time>& time, Millis otherwise) {
            return time ? std::min(clock_at(*taker, *time), end) : otherwise;
        };
        const Millis first_granted = at(span.first_granted, taker->started);
        const Millis last_without = at(span.last_without, taker->started);
        if (span.first_waiting && span.first_granted) {
            hold.waited =
                std::chrono::duration_cast<Millis>(*span.first_granted - *span.first_waiting);
            hold.acquired = first_granted;
        } else {
            hold.acquired = is_exact ? last_without : first_granted;
        }
        hold.released = is_exact ? end : at(span.last_granted, end);
        hold.not_before = is_exact ? hold.acquired : last_without;
        hold.not_after = is_exact ? end : at(span.first_without, end);
        const Millis begin = transcript_.migrations[taker->migration].began;
        for (Millis* each : {&hold.acquired, &hold.released, &hold.not_before, &hold.not_after})
            *each -= begin;
        hold.stretched_by = stretched_by(*taker);
        return hold;
    }

    std::size_t migration_of(const LockSpan& span) const { return taker_of(span)->migration; }

  private:
    Time ours(Time of_server) const { return of_server - ahead_; }

    // The statement that took it: the one that ran when a poll first saw it, else among those
    // between the two exact readings around it the one that names the relation.
    const Step* taker_of(const LockSpan& span) const {
        const auto known = by_transaction_.find(span.virtualtransaction);
        const auto polled = span.first_waiting ? span.first_waiting : span.first_granted;
        if (known == by_transaction_.end()) {
            // CREATE INDEX CONCURRENTLY and its like begin transactions of their own.
            const auto of_pid = by_pid_.find(span.pid);
            if (of_pid == by_pid_.end() || !polled) return nullptr;
            return running_at(of_pid->second, *polled);
        }
        if (polled && (!span.first_exact || *polled <= *span.first_exact))
            return last_begun_by(known->second, *polled);
        return between(known->second, span);
    }

    const Step* running_at(const std::vector<std::size_t>& candidates, Time at) const {
        const Step* step = last_begun_by(candidates, at);
        if (step == nullptr || ours(end_of(*step)) + kGrain < at) return nullptr;
        return step;
    }

    const Step* last_begun_by(const std::vector<std::size_t>& candidates, Time at) const {
        // Ends are in order, and of one session beginnings are, too.
        const auto after = std::partition_point(
            candidates.begin(), candidates.end(),
            [&](std::size_t each) { return ours(transcript_.steps[each].began) <= at; });
        if (after == candidates.begin()) return nullptr;
        return &transcript_.steps[*(after - 1)];
    }

    const Step* between(const std::vector<std::size_t>& candidates, const LockSpan& span) const {
        const auto* facts = relations_.find(span.relation);
        const auto* table = facts == nullptr ? nullptr : relations_.find(facts->table_of_index);
        const Step* chosen = nullptr;
        bool is_named = false;
        for (const std::size_t each : candidates) {
            const Step& step = transcript_.steps[each];
            if (ours(step.began) > *span.first_exact) break;
            if (span.last_exact_without && ours(end_of(step)) + kGrain < *span.last_exact_without)
                continue;
            const bool names = (facts != nullptr && names_it(step, facts->name)) ||
                               (table != nullptr && names_it(step, table->name));
            if (is_named) continue;
            if (names || chosen == nullptr || !step.takes_weak_locks_only) chosen = &step;
            is_named = names;
        }
        return chosen;
    }

    static bool names_it(const Step& step, const pg::RelationName& name) {
        return std::any_of(step.relations.begin(), step.relations.end(), [&](const auto& named) {
            return named.name == name.name && (named.schema.empty() || named.schema == name.schema);
        });
    }

    Millis clock_at(const Step& step, Time time) const {
        // Later statements of the same transaction, too: a poll may have seen the lock last there.
        const auto known = by_transaction_.find(step.virtualtransaction);
        const Step* at = last_begun_by(known->second, time);
        if (at == nullptr || at->ordinal < step.ordinal) at = &step;
        const auto into = std::chrono::duration_cast<Millis>(time - ours(at->began));
        return at->started + std::clamp(into, Millis{}, at->elapsed);
    }

    Millis end_of_transaction(const Step& taker, const LockSpan& span) const {
        const auto block = transcript_.transactions.find(span.virtualtransaction);
        return block == transcript_.transactions.end() ? taker.started + taker.elapsed
                                                       : block->second.at;
    }

    // At most kMostStretchers: the slowest.
    std::vector<std::size_t> stretched_by(const Step& taker) const {
        std::vector<const Step*> later;
        for (const std::size_t each : by_transaction_.at(taker.virtualtransaction)) {
            const Step& step = transcript_.steps[each];
            if (step.migration == taker.migration && step.ordinal > taker.ordinal)
                later.push_back(&step);
        }
        if (later.size() > observe::kMostStretchers) {
            std::nth_element(later.begin(), later.begin() + observe::kMostStretchers, later.end(),
                             [](const Step* a, const Step* b) { return a->elapsed > b->elapsed; });
            later.resize(observe::kMostStretchers);
        }
        std::vector<std::size_t> ordinals;
        for (const Step* step : later) ordinals.push_back(step->ordinal);
        std::sort(ordinals.begin(), ordinals.end());
        return ordinals;
    }

    const CommandTranscript& transcript_;
    const RelationsAround& relations_;
    const WallClock::duration ahead_;
    std::unordered_map<std::string, std::vector<std::size_t>> by_transaction_;
    std::unordered_map<int, std::vector<std::size_t>> by_pid_;
};

// The transaction that first held a lock on each relation that is new: it made it.
std::map<pg::Oid, std::string> makers_of(const LocksSeen& seen, const RelationsAround& relations) {
    const auto first_of = [](const LockSpan& span) {
        auto first = Time::max();
        for (const auto& each : {span.first_waiting, span.first_granted, span.first_exact}) {
            if (each) first = std::min(first, *each);
        }
        return first;
    };
    std::map<pg::Oid, const LockSpan*> first;
    for (const LockSpan& span : seen.spans) {
        if (relations.before.contains(span.relation)) continue;
        auto& known = first[span.relation];
        if (known == nullptr || first_of(span) < first_of(*known)) known = &span;
    }
    std::map<pg::Oid, std::string> makers;
    for (const auto& [oid, span] : first) makers[oid] = span->virtualtransaction;
    return makers;
}

void set_names(LockHold& hold, const RelationsAround& relations) {
    const auto& facts = *relations.find(hold.relation_oid);
    hold.relation = facts.name;
    hold.relkind = facts.relkind;
    if (const auto* table = relations.find(facts.table_of_index)) {
        hold.table_oid = table->oid;
        hold.table = table->name;
    }
    pg::Oid topmost = 0;
    for (auto parent = relations.parents.find(hold.relation_oid); parent != relations.parents.end();
         parent = relations.parents.find(topmost)) {
        topmost = parent->second;
    }
    if (const auto* parent = relations.find(topmost)) hold.child_of = parent->name;
}

}  // namespace

const pg::RelationFacts* RelationsAround::find(pg::Oid oid) const {
    for (const auto* map : {&before, &after}) {
        const auto found = map->find(oid);
        if (found != map->end()) return &found->second;
    }
    return nullptr;
}

std::vector<std::vector<LockHold>> holds_of(const CommandTranscript& transcript,
                                            const LocksSeen& seen, const RelationsAround& relations,
                                            const HistoryTables& tables, Millis server_ahead) {
    std::vector<std::vector<LockHold>> holds(transcript.migrations.size());
    const Reader reader(transcript, relations, server_ahead);
    const auto makers = makers_of(seen, relations);
    for (const LockSpan& span : seen.spans) {
        const auto* facts = relations.find(span.relation);
        if (facts == nullptr) continue;
        const auto* table = relations.find(facts->table_of_index);
        if (tables.is_tools_table(table == nullptr ? facts->name : table->name)) continue;
        // Their sequences are named after them.
        const auto& name = facts->name.name;
        const auto column = name.find("_id_seq");
        if (facts->relkind == 'S' && column != std::string::npos &&
            tables.is_tools_table({facts->name.schema, name.substr(0, column)})) {
            continue;
        }
        // A lock that was never granted held nobody up.
        if (!span.first_granted && !span.first_exact) continue;
        auto hold = reader.hold_of(span);
        if (!hold) continue;
        set_names(*hold, relations);
        const auto maker = makers.find(span.relation);
        hold->new_relation = maker != makers.end() && maker->second == span.virtualtransaction;
        holds[reader.migration_of(span)].push_back(std::move(*hold));
    }
    for (auto& each : holds) {
        std::stable_sort(each.begin(), each.end(), [](const LockHold& a, const LockHold& b) {
            return a.acquired < b.acquired;
        });
    }
    return holds;
}

observe::Evidence evidence_of(const Step& step, const LocksSeen& seen, Millis server_ahead) {
    const auto ahead = to_clock(server_ahead);
    const auto began = step.began - ahead;
    const auto ended = end_of(step) - ahead;
    const auto exact = seen.read_exactly.find(step.virtualtransaction);
    if (exact != seen.read_exactly.end() && exact->second >= ended) return observe::Evidence::exact;
    const auto reading = std::lower_bound(seen.readings.begin(), seen.readings.end(), began);
    return reading != seen.readings.end() && *reading <= ended ? observe::Evidence::sampled
                                                               : observe::Evidence::log;
}

}  // namespace rehearse::command
