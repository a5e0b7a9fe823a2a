#include "row_witness.hpp"

#include "rehearse/base/text.hpp"

#include "statement_effects.hpp"

#include <set>
#include <string>
#include <utility>

namespace rehearse::observe {

namespace {

using namespace std::chrono_literals;
using sql::StatementKind;

bool makes_deferrable_trigger(const FinishedStatement& statement) {
    return statement.classification.kind == StatementKind::create_trigger &&
           lower_cased(statement.text).find("deferrable") != std::string::npos;
}

bool has_rows(const pg::RelationFacts& facts) {
    return facts.relkind == 'r' || facts.relkind == 'm';
}

}  // namespace

void RowWitness::migration_begins() {
    works_at_commit_ = watch_.has_deferrable_triggers();
}

void RowWitness::statement_ran(const FinishedStatement& statement) {
    const sql::Classification& what = statement.classification;
    is_pending_ |= may_touch_rows(what.kind);
    changed_rows_ |= may_touch_rows(what.kind) && !changes_schema_only(what.kind);
    works_at_commit_ |= makes_deferrable_trigger(statement);
    if (!what.savepoint) return;
    effects_.savepoint_ran(*what.savepoint);
    // What TRUNCATE set back in a subtransaction goes up again with its rollback, and what it set
    // back is known with its end.
    if (what.savepoint->kind != sql::SavepointUse::Kind::set && changed_rows_)
        effects_.skip_rows(performer_->read_activity(effects_.counted()));
}

std::vector<pg::Oid> RowWitness::tables_in(const pg::LockReading& locks) const {
    std::set<pg::Oid> tables;
    for (const pg::LockRow& row : locks.locks) {
        const pg::RelationFacts* facts = book_.find(row.relation);
        if (facts != nullptr && has_rows(*facts)) tables.insert(row.relation);
    }
    return {tables.begin(), tables.end()};
}

// Sizes are worth a question after long statements; and what TRUNCATE did is told by them alone.
std::vector<pg::Oid> RowWitness::resized_by(const FinishedStatement& statement,
                                            std::vector<pg::Oid> tables) const {
    if (is_slow(statement)) return tables;
    const sql::Classification& what = statement.classification;
    std::erase_if(tables, [&](pg::Oid oid) {
        return what.kind != StatementKind::truncate || !is_named(book_.find(oid)->name, what);
    });
    return tables;
}

RowEffects RowWitness::read(const pg::NamedLockReading& locks, bool is_own,
                            const FinishedStatement* statement) {
    const auto facts_of = [this](pg::Oid oid) { return book_.find(oid); };
    const std::vector<pg::Oid> tables = tables_in(locks.reading);
    const bool was_pending = std::exchange(is_pending_, false);
    if (!is_own && (tables.empty() || !was_pending)) return {};
    RowEffects done = effects_.rows_since_last(
        is_own ? locks.activity : performer_->read_activity(tables), facts_of);
    const bool is_mixed = std::exchange(has_rest_, false);
    if (statement == nullptr) return {};
    done.sizes = effects_.sizes_since_last(
        performer_->read_table_sizes(resized_by(*statement, tables)), facts_of);
    return is_mixed ? RowEffects{} : done;
}

bool RowWitness::transaction_ended(bool is_committed) {
    const bool may_have_worked = is_committed && works_at_commit_ && changed_rows_;
    is_pending_ = changed_rows_ = false;
    if (may_have_worked) read_commit();
    effects_.transaction_ended(is_committed);
    return may_have_worked && !has_rest_;
}

// What deferred triggers did, before it is taken for the next statement's.
void RowWitness::read_commit() {
    has_rest_ = true;
    if (!for_commits_.pays(commit_cost_) ||
        performer_->transaction_state() != pg::TransactionState::idle) {
        return;
    }
    const auto begun = Clock::now();
    std::vector<pg::Oid> tables;
    for (const auto& [oid, activity] : watch_.read_reported_activity().relations)
        tables.push_back(oid);
    const std::vector<pg::Oid> strangers = book_.unknown(tables);
    book_.learn_committed(strangers, watch_.read_relations(strangers));
    if (const auto done = performer_->try_activity(tables)) {
        effects_.rows_since_last(*done, [this](pg::Oid oid) { return book_.find(oid); });
        has_rest_ = false;
    }
    commit_cost_ = Clock::now() - begun;
}

bool RowWitness::report() {
    if (!performer_->report_activity()) return false;
    effects_.rows_were_reported();
    has_rest_ = false;
    return true;
}

void RowWitness::before_bare() {
    before_bare_.reset();
    if (report()) before_bare_ = watch_.read_reported_activity();
}

RowEffects RowWitness::after_bare(const pg::RelationMap& after, const Effects::FactsOf& facts_of) {
    if (performer_->transaction_state() != pg::TransactionState::idle) return {};
    if (!before_bare_ || !report()) {
        skip_rest(after);
        return {};
    }
    const pg::ReportedActivity reported = watch_.read_reported_activity();
    // Which of the rows a rollback took back, nobody can tell.
    if (reported.rollbacks != before_bare_->rollbacks) return {};
    return effects_.rows_done(activity_between(before_bare_->relations, reported.relations),
                              facts_of);
}

// So that they are not taken for the next statement's.
void RowWitness::skip_rest(const pg::RelationMap& relations) {
    std::vector<pg::Oid> tables;
    for (const auto& [oid, facts] : relations) {
        if (has_rows(facts)) tables.push_back(oid);
    }
    const auto rest = performer_->try_activity(tables);
    if (rest) effects_.skip_rows(*rest);
    has_rest_ = !rest.has_value();
}

}  // namespace rehearse::observe
