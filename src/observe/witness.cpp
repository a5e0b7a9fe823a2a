#include "rehearse/observe/witness.hpp"

#include "rehearse/pg/watch_session.hpp"
#include "rehearse/sql/script.hpp"

#include "effects.hpp"
#include "hold_ledger.hpp"
#include "kept_holds.hpp"
#include "pending_statements.hpp"
#include "reading_budget.hpp"
#include "relation_book.hpp"
#include "row_witness.hpp"
#include "statement_effects.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace rehearse::observe {

namespace {

using namespace std::chrono_literals;
using sql::StatementKind;

// For each statement that makes new relations, and for each that takes weak locks only.
constexpr Millis kForNewRelations = 0.3ms;
constexpr Millis kForWeakLocks = 0.02ms;
// With more locks than this the names come dear, and most of them are known already.
constexpr std::size_t kFewLocks = 200;

std::vector<pg::Oid> relations_in(const pg::LockReading& reading) {
    std::set<pg::Oid> relations;
    for (const pg::LockRow& row : reading.locks) relations.insert(row.relation);
    return {relations.begin(), relations.end()};
}

bool may_change_schema(pg::LockMode mode) {
    return mode >= pg::LockMode::share_update_exclusive;
}

// The server refuses to end a transaction in SQL procedures. How others say it, we do not know.
bool procedure_may_commit(const pg::Procedure& procedure) {
    if (procedure.language == "sql") return false;
    return procedure.language != "plpgsql" || sql::body_may_commit(procedure.body);
}

// The file of a truncated table is new and empty. That is no rewrite.
bool is_truncation(const FinishedStatement& statement, const StorageChanges::Replaced& table) {
    return statement.classification.kind == StatementKind::truncate ||
           (table.before.bytes > 0 && table.after.bytes == 0);
}

}  // namespace

struct Witness::Impl {
    explicit Impl(const pg::ConnInfo& where)
        : watch{where, "rehearse witness", pg::WatchSession::WhenLost::asks_again} {}

    pg::WatchSession watch;
    pg::PerformerSession* performer = nullptr;
    RelationBook book;
    HoldLedger ledger;
    PendingStatements pending;  // ran since the last reading
    bool weak_is_pending = false;
    std::optional<std::size_t> unread;
    std::uint64_t wal_position = 0;
    ReadingBudget for_new_relations{kForNewRelations};
    ReadingBudget for_weak_locks{kForWeakLocks};
    Millis reading_cost{};
    std::size_t last_locks = 0;    // of the last reading
    bool own_is_prepared = false;  // the performer's own reading
    bool reads_own = false;        // for the statement that runs in a transaction of its own
    bool own_is_committed = false;
    pg::RelationMap before_bare;
    KeptHolds holds;
    Effects effects;
    RowWitness rows{watch, book, effects};
    bool wal_is_mixed = false;  // more than one statement's is in what follows wal_position

    bool is_due(const FinishedStatement& statement);
    StatementReading read(const FinishedStatement* statement, Millis at);
    pg::NamedLockReading read_locks();
    StorageChanges look_up_own(const pg::LockReading& reading, const pg::RelationMap& own);
    StorageChanges look_up(const pg::LockReading& reading, const pg::RelationMap& committed,
                           const FinishedStatement* statement);
    Taker taker_of(pg::Oid relation) const;
    void note_changed(const std::vector<pg::LockRow>& added);
    void learn_tables_of_indexes(const std::vector<LockHold>& ended);
    void begin_wal();
    void add_sizes(StorageChanges& changes);
    std::optional<std::int64_t> wal_since_last(std::uint64_t position);
};

namespace {

void describe(StatementReading& reading, const FinishedStatement& statement,
              const StorageChanges& changes,
              const std::function<pg::RelationName(pg::Oid)>& name_of) {
    for (const StorageChanges::Replaced& table : changes.tables) {
        if (!is_truncation(statement, table))
            reading.rewrites.push_back({table.before.name, table.before.bytes, table.after.bytes});
    }
    if (statement.classification.kind != StatementKind::truncate) {
        for (const pg::RelationFacts& index : changes.indexes) {
            if (is_internal(index.name)) continue;
            reading.index_builds.push_back({index.name, name_of(index.table_of_index),
                                            statement.ended - statement.started,
                                            index.index_is_valid});
        }
    }
    reading.left_invalid = changes.invalid;
}

}  // namespace

Witness::Witness(const pg::ConnInfo& where) : impl_{std::make_unique<Impl>(where)} {}
Witness::Witness(Witness&&) noexcept = default;
Witness::~Witness() = default;

void Witness::watch(pg::PerformerSession& performer) {
    impl_->performer = &performer;
    impl_->rows.watch(performer);
}

void Witness::statement_begins(const sql::Classification& classification) {
    impl_->own_is_prepared &= changes_schema_only(classification.kind);
}

bool Witness::may_commit(const sql::Classification& classification) {
    if (classification.transaction_use != sql::TransactionUse::may_commit) return false;
    if (classification.procedure.empty()) return true;
    const auto procedures = impl_->watch.read_procedures(classification.procedure);
    return procedures.empty() ||
           std::any_of(procedures.begin(), procedures.end(), procedure_may_commit);
}

bool Witness::before_wrapped(const sql::Classification& classification) {
    Impl& self = *impl_;
    self.reads_own = false;
    if (!changes_schema_only(classification.kind)) return false;
    if (!self.own_is_prepared) {
        const auto tried = self.performer->prepare_own_locks();
        if (tried) self.effects.skip_rows(*tried);
        self.own_is_prepared = tried.has_value();
    }
    self.reads_own = self.own_is_prepared;
    return self.reads_own;
}

void Witness::wrapped_committed() {
    impl_->own_is_committed = impl_->reads_own;
}

void Witness::migration_begins() {
    impl_->own_is_prepared = false;
    impl_->effects.migration_begins(impl_->watch);
    impl_->holds.migration_begins(impl_->watch.read_inheritance());
    impl_->rows.migration_begins();
    impl_->begin_wal();
}

void Witness::Impl::begin_wal() {
    wal_position = watch.read_locks(performer->backend_pid()).wal_position;
    wal_is_mixed = false;
}

void Witness::before_statement(const sql::Classification& classification, Millis at) {
    Impl& self = *impl_;
    if (self.pending.count() == 0 || takes_no_locks(classification.kind)) return;
    const bool is_due = takes_weak_locks_only(classification)
                            ? self.for_weak_locks.pays(self.reading_cost)
                            : self.weak_is_pending || !reading_can_wait(classification.kind);
    if (is_due) self.read(nullptr, at);
}

StatementReading Witness::after_statement(const FinishedStatement& statement, bool must_read) {
    Impl& self = *impl_;
    const sql::Classification& classification = statement.classification;
    self.ledger.statement_ran(statement.ordinal, statement.ended - statement.started,
                              statement.last_polled);
    StatementReading later;
    later.evidence = Evidence::exact;
    if (takes_no_locks(classification.kind)) return later;
    self.rows.statement_ran(statement);
    self.pending.add({statement.ordinal, statement.started}, classification.relations);
    self.weak_is_pending |= takes_weak_locks_only(classification);
    if (must_read || self.is_due(statement)) return self.read(&statement, statement.ended);
    return later;
}

bool Witness::Impl::is_due(const FinishedStatement& statement) {
    if (is_slow(statement)) return true;
    if (takes_weak_locks_only(statement.classification)) return false;
    if (!reading_can_wait(statement.classification.kind)) return true;
    return for_new_relations.pays(reading_cost);
}

void Witness::before_end(Millis at) {
    if (impl_->pending.count() > 0) impl_->read(nullptr, at);
}

// One reading of everything that the transaction holds. `statement` is the one that it is for;
// nullptr when it catches up with those that were put off.
StatementReading Witness::Impl::read(const FinishedStatement* statement, Millis at) {
    const auto begun = Clock::now();
    const pg::NamedLockReading named = reads_own ? performer->read_own_locks() : read_locks();
    const pg::LockReading& now = named.reading;
    StorageChanges changes =
        reads_own ? look_up_own(now, named.relations) : look_up(now, named.relations, statement);
    const std::vector<pg::LockRow> added =
        ledger.read(now.locks, at, [this](pg::Oid oid) { return taker_of(oid); });
    note_changed(added);
    RowEffects done = rows.read(named, reads_own, statement);

    StatementReading reading;
    reading.evidence = Evidence::exact;
    reading.wal_bytes = wal_since_last(now.wal_position);
    reading.took_blocking_lock =
        std::any_of(added.begin(), added.end(), [this](const pg::LockRow& row) {
            return pg::blocks_writes(row.mode) && book.find(row.relation) != nullptr &&
                   !book.is_new(row.relation);
        });
    if (statement != nullptr) {
        if (pending.count() == 1) reading.rows = std::move(done);
        add_sizes(changes);
        describe(reading, *statement, changes, [this](pg::Oid oid) {
            const pg::RelationFacts* table = book.find(oid);
            return table != nullptr ? table->name : pg::RelationName{};
        });
    }
    pending.clear();
    weak_is_pending = false;
    reading_cost = Clock::now() - begun;
    return reading;
}

// The WAL that was written since the last reading, where only one statement ran since.
std::optional<std::int64_t> Witness::Impl::wal_since_last(std::uint64_t position) {
    const std::uint64_t before = std::exchange(wal_position, position);
    const bool is_mixed = std::exchange(wal_is_mixed, false);
    if (pending.count() != 1 || is_mixed || position < before) return std::nullopt;
    return static_cast<std::int64_t>(position - before);
}

pg::NamedLockReading Witness::Impl::read_locks() {
    const int pid = performer->backend_pid();
    pg::NamedLockReading named;
    if (last_locks < kFewLocks) {
        named = watch.read_named_locks(pid);
    } else {
        named.reading = watch.read_locks(pid);
        named.relations = watch.read_relations(book.unknown(relations_in(named.reading)));
    }
    last_locks = named.reading.locks.size();
    return named;
}

// `own`: the locked relations as the performer's transaction sees them.
StorageChanges Witness::Impl::look_up_own(const pg::LockReading& reading,
                                          const pg::RelationMap& own) {
    const std::vector<pg::Oid> locked = relations_in(reading);
    if (!book.knows_newest() && !book.unknown(locked).empty())
        book.learn_newest(watch.read_newest_relation());
    const std::vector<pg::Oid> strangers = book.unknown_and_old(locked);
    book.learn_committed(strangers, watch.read_relations(strangers));
    return book.learn_own(locked, own);
}

// `committed`: at least what is not known yet of the locked relations that others can see.
StorageChanges Witness::Impl::look_up(const pg::LockReading& reading,
                                      const pg::RelationMap& committed,
                                      const FinishedStatement* statement) {
    std::vector<pg::Oid> ask = book.learn_committed(book.unknown(relations_in(reading)), committed);

    // Replaced storage is visible only inside the transaction.
    if (statement == nullptr || may_swap_storage(*statement) ||
        (!ask.empty() && statement->classification.kind == StatementKind::alter_table)) {
        for (const pg::LockRow& row : reading.locks) {
            if (row.mode != pg::LockMode::access_exclusive) continue;
            const pg::RelationFacts* facts = book.find(row.relation);
            if (facts != nullptr && facts->relfilenode != 0 && !book.is_new(row.relation))
                ask.push_back(row.relation);
        }
    }
    if (ask.empty()) return {};
    return book.learn_own(ask, performer->read_relations(ask));
}

// Others still see the relations as they were before the transaction.
void Witness::Impl::note_changed(const std::vector<pg::LockRow>& added) {
    std::vector<pg::Oid> old;
    for (const pg::LockRow& row : added) {
        const pg::RelationFacts* facts = book.find(row.relation);
        if (facts == nullptr || facts->relkind == 't' || !may_change_schema(row.mode)) continue;
        if (book.is_new(row.relation)) {
            effects.has_made(row.relation);
        } else {
            old.push_back(row.relation);
        }
    }
    effects.will_change(old, watch);
}

Taker Witness::Impl::taker_of(pg::Oid relation) const {
    const pg::RelationFacts* facts = book.find(relation);
    if (facts == nullptr) return pending.taker_of({});
    // INSERT names the table of an index, DROP INDEX the index.
    const pg::RelationFacts* table = facts->is_index() ? book.find(facts->table_of_index) : nullptr;
    if (table == nullptr) return pending.taker_of({facts->name});
    return pending.taker_of({facts->name, table->name});
}

void Witness::Impl::add_sizes(StorageChanges& changes) {
    for (auto& [before, after] : changes.tables) {
        before.bytes = watch.read_file_bytes(before.file);
        after.bytes = watch.read_file_bytes(after.file);
    }
}

void Witness::transaction_ended(Millis at, const std::vector<SampledHold>& sampled, bool keep_weak,
                                Ending ending) {
    Impl& self = *impl_;
    if (self.rows.transaction_ended(ending == Ending::committed)) self.begin_wal();
    self.wal_is_mixed |= self.rows.has_rest();
    self.unread =
        self.pending.count() > 0 ? std::optional{self.pending.first().ordinal} : std::nullopt;
    self.pending.clear();
    self.weak_is_pending = false;

    // Stronger than what row statements take: such a lock goes with a change of the catalog.
    const std::vector<pg::Oid> changed =
        self.ledger.relations_held(pg::LockMode::share_update_exclusive);
    std::vector<LockHold> ended =
        self.ledger.transaction_ended(at, sampled, ending == Ending::failed);
    const std::vector<pg::Oid> strangers = self.book.unknown(self.holds.relations_of(ended));
    self.book.learn_committed(strangers, self.watch.read_relations(strangers));
    self.learn_tables_of_indexes(ended);
    self.holds.add(
        std::move(ended), [&self](pg::Oid oid) { return self.book.find(oid); },
        [&self](pg::Oid oid) { return self.book.is_new(oid); }, keep_weak);
    self.book.transaction_ended(changed, self.own_is_committed);
    self.reads_own = self.own_is_committed = false;
}

// An index can be locked without its table: ALTER INDEX ... SET TABLESPACE.
void Witness::Impl::learn_tables_of_indexes(const std::vector<LockHold>& ended) {
    std::vector<pg::Oid> tables;
    for (const LockHold& hold : ended) {
        const pg::RelationFacts* facts = book.find(hold.relation_oid);
        if (facts != nullptr && facts->is_index() && pg::blocks_reads(hold.mode))
            tables.push_back(facts->table_of_index);
    }
    const std::vector<pg::Oid> strangers = book.unknown(tables);
    book.learn_committed(strangers, watch.read_relations(strangers));
}

std::optional<std::size_t> Witness::first_unread() const {
    return impl_->unread;
}

void Witness::before_bare(const sql::Classification& classification) {
    Impl& self = *impl_;
    self.reads_own = false;
    self.begin_wal();
    self.before_bare = self.watch.read_all_relations();
    self.rows.before_bare();
    // What is not a block of code changes what it names, and indexes.
    const bool may_change_all = classification.transaction_use == sql::TransactionUse::may_commit;
    std::vector<pg::Oid> may_change;
    for (const auto& [oid, facts] : self.before_bare) {
        if (may_change_all || facts.is_index() || is_named(facts.name, classification))
            may_change.push_back(oid);
    }
    self.effects.will_change(may_change, self.watch);
}

StatementReading Witness::after_bare(const FinishedStatement& statement,
                                     const std::vector<SampledHold>& sampled) {
    Impl& self = *impl_;
    const pg::LockReading now = self.watch.read_locks(self.performer->backend_pid());
    const pg::RelationMap after = self.watch.read_all_relations();
    const pg::RelationMap before = std::exchange(self.before_bare, {});

    StatementReading reading;
    reading.evidence = Evidence::sampled;
    self.pending.add({statement.ordinal, statement.started}, {});
    reading.wal_bytes = self.wal_since_last(now.wal_position);
    self.pending.clear();
    describe(reading, statement, changes_between(before, after), [&after](pg::Oid oid) {
        const auto table = after.find(oid);
        return table != after.end() ? table->second.name : pg::RelationName{};
    });
    reading.took_blocking_lock = true;
    for (const auto& [oid, facts] : after) {
        if (!before.contains(oid)) self.effects.has_made(oid);
    }

    const auto facts_of = [&](pg::Oid oid) -> const pg::RelationFacts* {
        for (const pg::RelationMap* look : {&before, &after}) {
            const auto found = look->find(oid);
            if (found != look->end()) return &found->second;
        }
        return nullptr;
    };
    self.holds.add(
        self.ledger.transaction_ended(statement.ended, sampled), facts_of,
        [&before](pg::Oid oid) { return !before.contains(oid); }, true);
    self.book = {};
    std::vector<pg::Oid> tables;
    for (const auto& [oid, facts] : after) {
        if (is_named(facts.name, statement.classification)) tables.push_back(oid);
    }
    reading.rows = self.rows.after_bare(after, facts_of);
    reading.rows.sizes =
        self.effects.sizes_since_last(self.watch.read_table_sizes(tables), facts_of);
    return reading;
}

std::vector<SchemaChange> Witness::take_changes() {
    return impl_->effects.take_changes(impl_->watch);
}

std::vector<RowsChanged> Witness::take_rows_changed() {
    return impl_->effects.take_rows_changed();
}

std::optional<TableSize> Witness::largest_table_of(const std::vector<LockHold>& holds) const {
    return impl_->effects.largest_table_of(holds);
}

std::vector<LockHold> Witness::take_holds() {
    return impl_->holds.take();
}

}  // namespace rehearse::observe
