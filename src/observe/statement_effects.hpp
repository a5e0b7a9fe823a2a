#pragma once

#include "rehearse/observe/witness.hpp"

// What the witness may expect of a statement by what its text says.
namespace rehearse::observe {

// It changes the session or the transaction alone, and has nothing to be read for.
bool takes_no_locks(sql::StatementKind kind);
bool takes_weak_locks_only(const sql::Classification& classification);

// It ran so long (10 ms) that a reading of its own is small against it, whatever it is.
bool is_slow(const FinishedStatement& statement);

// Makes new relations and takes no blocking lock on old ones that it does not name.
bool reading_can_wait(sql::StatementKind kind);

// Whether a relation that was there before can get another relfilenode without a new relation being
// made for it. (A rewrite by ALTER TABLE makes a transient one, whose lock tells.)
bool may_swap_storage(const FinishedStatement& statement);

// Where asking the performer's session of rows is worth it, and allowed: it takes the snapshot that
// SET TRANSACTION must come before.
bool may_touch_rows(sql::StatementKind kind);

// Changes the schema and nothing about the session: no setting, no prepared statement.
bool changes_schema_only(sql::StatementKind kind);

// What blocks anybody it locks before it does its work: not so what its triggers and functions
// lock, and the later of several actions of ALTER TABLE.
bool takes_locks_as_it_begins(sql::StatementKind kind);

// Its text names the relation.
bool is_named(const pg::RelationName& name, const sql::Classification& classification);

// The system's own: catalogs and TOAST.
bool is_internal(const pg::RelationName& name);

}  // namespace rehearse::observe
