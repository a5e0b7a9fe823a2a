#include "shared_transaction.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace rehearse::replay {

namespace {

using observe::LockHold;
using observe::MigrationObservation;
using observe::RowsChanged;
using observe::StatementObservation;

// One migration's share of the run.
struct Share {
    std::size_t after = 0;  // the last ordinal before it
    std::size_t last = 0;
    Millis begins{};
    Millis ends{};

    bool has(std::size_t ordinal) const { return ordinal > after && ordinal <= last; }
};

std::vector<Share> shares_of(const std::vector<MigrationEnd>& ends) {
    std::vector<Share> shares;
    MigrationEnd before;
    for (const MigrationEnd& end : ends) {
        shares.push_back({before.last_ordinal, end.last_ordinal, before.clock, end.clock});
        before = end;
    }
    return shares;
}

LockHold in_share(LockHold hold, const Share& share) {
    hold.acquired_by -= share.after;
    for (Millis* time : {&hold.acquired, &hold.released, &hold.not_before, &hold.not_after})
        *time -= share.begins;
    std::vector<std::size_t> own;
    for (const std::size_t ordinal : hold.stretched_by) {
        if (share.has(ordinal)) own.push_back(ordinal - share.after);
    }
    hold.stretched_by = std::move(own);
    return hold;
}

using RowSums = std::map<pg::RelationName, RowsChanged>;

void add(RowSums& sums, const RowsChanged& rows, int sign) {
    RowsChanged& sum = sums.try_emplace(rows.relation, RowsChanged{rows.relation}).first->second;
    sum.inserted += sign * rows.inserted;
    sum.updated += sign * rows.updated;
    sum.deleted += sign * rows.deleted;
}

std::vector<RowsChanged> listed_rows(const RowSums& sums) {
    std::vector<RowsChanged> rows;
    for (const auto& [relation, sum] : sums) {
        if (sum.inserted > 0 || sum.updated > 0 || sum.deleted > 0) rows.push_back(sum);
    }
    return rows;
}

// What each statement is known to have changed; the rest is the last migration's.
void share_rows(std::vector<MigrationObservation>& parts, const std::vector<RowsChanged>& whole) {
    RowSums rest;
    for (const RowsChanged& rows : whole) add(rest, rows, 1);
    for (MigrationObservation& part : parts) {
        RowSums own;
        for (const StatementObservation& statement : part.statements) {
            for (const RowsChanged& rows : statement.rows_changed) {
                add(own, rows, 1);
                add(rest, rows, -1);
            }
        }
        if (&part == &parts.back()) {
            for (const auto& [relation, rows] : rest) {
                if (rows.inserted >= 0 && rows.updated >= 0 && rows.deleted >= 0) add(own, rows, 1);
            }
        }
        part.rows_changed = listed_rows(own);
    }
}

bool locks(const MigrationObservation& part, const pg::RelationName& relation) {
    return std::any_of(part.holds.begin(), part.holds.end(), [&](const LockHold& hold) {
        return hold.relation == relation || hold.child_of == relation;
    });
}

}  // namespace

std::vector<MigrationObservation> split_by_migration(MigrationObservation whole,
                                                     const std::vector<MigrationEnd>& ends) {
    const std::vector<Share> shares = shares_of(ends);
    std::vector<MigrationObservation> parts(shares.size());
    if (parts.empty()) return parts;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const Share& share = shares[i];
        MigrationObservation& part = parts[i];
        part.ran = true;
        part.elapsed = share.ends - share.begins;
        for (StatementObservation& statement : whole.statements) {
            if (!share.has(statement.ordinal)) continue;
            statement.ordinal -= share.after;
            statement.started -= share.begins;
            part.statements.push_back(std::move(statement));
            statement.ordinal = 0;
        }
        for (const LockHold& hold : whole.holds) {
            if (share.has(hold.acquired_by)) part.holds.push_back(in_share(hold, share));
        }
        for (observe::SchemaChange& change : whole.changes) {
            const bool is_last = i + 1 == shares.size();
            if (change.ordinal ? !share.has(*change.ordinal) : !is_last) continue;
            if (change.ordinal) *change.ordinal -= share.after;
            part.changes.push_back(std::move(change));
            change.ordinal = 0;
        }
        if (whole.largest_table && locks(part, whole.largest_table->relation))
            part.largest_table = whole.largest_table;
    }
    share_rows(parts, whole.rows_changed);
    if (whole.failure) {
        whole.failure->ordinal -= std::min(whole.failure->ordinal, shares.back().after);
        parts.back().failure = std::move(whole.failure);
    }
    return parts;
}

}  // namespace rehearse::replay
