#include "rehearse/replay/recorder.hpp"

#include "rehearse/base/text.hpp"

#include <algorithm>

namespace rehearse::replay {

namespace {

using namespace std::chrono_literals;
using observe::StatementObservation;

constexpr Millis kQuick = 10ms;

bool is_quiet(const StatementObservation& statement) {
    return statement.elapsed < kQuick && !statement.error && !statement.gave_up &&
           !statement.would_be_cancelled_after && statement.notices.empty() &&
           statement.rewrites.empty() && statement.index_builds.empty();
}

template <typename Number>
void add_to(std::optional<Number>& sum, const std::optional<Number>& more) {
    if (sum && more) {
        *sum += *more;
    } else {
        sum.reset();
    }
}

void fold(StatementObservation& into, const StatementObservation& statement) {
    ++into.repeated;
    into.last_line = statement.last_line;
    into.elapsed += statement.elapsed;
    add_to(into.commit_elapsed, statement.commit_elapsed);
    add_to(into.rows, statement.rows);
    add_to(into.wal_bytes, statement.wal_bytes);
    into.temp_bytes += statement.temp_bytes;
    if (statement.evidence != observe::Evidence::exact) into.evidence = statement.evidence;
}

}  // namespace

void Recorder::set_text(StatementObservation& statement, const std::string& sql,
                        const sql::Position& position) {
    statement.position = position;
    statement.last_line = position.line;
    statement.sql_shortened = sql.size() > observe::kLongestSql;
    statement.sql = statement.sql_shortened ? shortened(sql, observe::kLongestSql) : sql;
}

// Row statements are alike when they name the same relation first; the others, which make or
// describe one thing each, when they are of one kind.
Recorder::Likeness Recorder::likeness_of(const StatementObservation& statement) {
    const sql::Classification& classification = statement.classification;
    if (!classification.takes_weak_locks_only || classification.relations.empty())
        return {classification.kind, {}};
    return {classification.kind, classification.relations.front()};
}

bool Recorder::add(StatementObservation statement, bool is_remarkable) {
    notices_ += statement.notices.size();
    const bool may_fold =
        statements_.size() >= observe::kItemisedStatements && !is_remarkable && is_quiet(statement);
    if (!may_fold) {
        foldable_.clear();
        last_ = statements_.size();
        statements_.push_back(std::move(statement));
        return false;
    }
    if (statements_.back().settings != statement.settings) foldable_.clear();
    const auto [like, is_first] = foldable_.try_emplace(likeness_of(statement), statements_.size());
    last_ = like->second;
    if (is_first) {
        statements_.push_back(std::move(statement));
    } else {
        fold(statements_[last_], statement);
    }
    return !is_first;
}

StatementObservation* Recorder::last() {
    return statements_.empty() ? nullptr : &statements_[last_];
}

void Recorder::downgrade_evidence_from(std::size_t ordinal) {
    for (auto statement = statements_.rbegin();
         statement != statements_.rend() && statement->ordinal >= ordinal; ++statement) {
        if (statement->evidence == observe::Evidence::exact)
            statement->evidence = observe::Evidence::sampled;
    }
}

void Recorder::name_folded(std::vector<observe::LockHold>& holds) const {
    if (statements_.size() <= observe::kItemisedStatements) return;
    for (observe::LockHold& hold : holds) {
        // The ordinals of folded runs overlap where the file changes between tables.
        auto at = std::upper_bound(statements_.begin(), statements_.end(), hold.acquired_by,
                                   [](std::size_t ordinal, const StatementObservation& statement) {
                                       return ordinal < statement.ordinal;
                                   });
        if (at == statements_.begin()) continue;
        --at;
        hold.acquired_by = at->ordinal;
    }
}

}  // namespace rehearse::replay
