#include "rules/reading.hpp"
#include "rules/registry.hpp"

#include <algorithm>
#include <map>

namespace rehearse::rules {

namespace {

using observe::LockHold;
using observe::StatementObservation;

// A later statement that changes the same table by itself would need such a lock anyway.
bool needs_it_too(const StatementObservation& statement, const LockHold& hold) {
    const auto& what = statement.classification;
    return !what.takes_weak_locks_only &&
           std::any_of(what.relations.begin(), what.relations.end(),
                       [&](const auto& name) { return is_same(name, kept_from(hold)); });
}

// What a lock was kept for though nothing needed it.
struct Stretch {
    const LockHold* hold = nullptr;
    Millis kept{};
    const StatementObservation* slowest = nullptr;
    std::size_t other_relations = 0;
};

Stretch stretch_of(const observe::MigrationObservation& observed, const LockHold& hold) {
    Stretch stretch{&hold, Millis{}, nullptr, 0};
    for (const auto ordinal : hold.stretched_by) {
        const auto* later = find_statement(observed, ordinal);
        if (later == nullptr || needs_it_too(*later, hold)) continue;
        stretch.kept += later->elapsed;
        if (stretch.slowest == nullptr || later->elapsed > stretch.slowest->elapsed) {
            stretch.slowest = later;
        }
    }
    return stretch;
}

bool is_worse(const Stretch& a, const Stretch& b) {
    const bool a_reads = pg::blocks_reads(a.hold->mode);
    const bool b_reads = pg::blocks_reads(b.hold->mode);
    return a_reads != b_reads ? a_reads : a.kept > b.kept;
}

Finding finding_for(const StatementObservation& taker, const Stretch& stretch) {
    const auto& hold = *stretch.hold;
    auto finding = finding_at(taker, severity_of_blocking(hold.mode, stretch.kept));
    finding.relation = kept_from(hold);
    finding.evidence = hold.evidence;
    const auto slow_line = "line " + std::to_string(stretch.slowest->position.line);
    finding.message =
        "kept " + std::string{kept_out_by(hold.mode)} + " out of " + kept_from(hold).text();
    if (stretch.other_relations > 0) {
        finding.message += " and " + std::to_string(stretch.other_relations) + " more";
    }
    finding.message += " for another " + format_duration(stretch.kept) +
                       " until its transaction ended, while " + command_of(*stretch.slowest) +
                       " at " + slow_line + " ran; taking " + std::string{to_string(hold.mode)} +
                       " needed " + format_duration(taker.elapsed);
    finding.instead =
        "Put line " + std::to_string(taker.position.line) +
        " in a migration of its own, or after " + slow_line +
        ": a lock is let go of when its transaction ends, not when its statement does.";
    return finding;
}

// One finding for each statement that took locks, about the worst of them.
std::vector<Finding> check(const RuleInput& input) {
    std::map<std::size_t, Stretch> worst_by_taker;
    for (const auto& hold : input.observed.holds) {
        if (!keeps_users_out(hold)) continue;
        const auto stretch = stretch_of(input.observed, hold);
        if (stretch.kept <= kNoticed) continue;
        auto [place, is_first] = worst_by_taker.try_emplace(hold.acquired_by, stretch);
        if (is_first) continue;
        const auto others = place->second.other_relations +
                            (is_same(kept_from(*place->second.hold), kept_from(hold)) ? 0 : 1);
        if (is_worse(stretch, place->second)) place->second = stretch;
        place->second.other_relations = others;
    }
    std::vector<Finding> findings;
    for (const auto& [ordinal, stretch] : worst_by_taker) {
        if (const auto* taker = find_statement(input.observed, ordinal)) {
            findings.push_back(finding_for(*taker, stretch));
        }
    }
    return findings;
}

}  // namespace

const RuleInfo kHeldUntilCommit{
    "held-until-commit",
    8,
    "A lock that was needed for a moment keeps users out for as long as the rest of the "
    "transaction takes.",
    "Strong locks last: their own migration, or the end of the transaction.",
    check,
};

}  // namespace rehearse::rules
