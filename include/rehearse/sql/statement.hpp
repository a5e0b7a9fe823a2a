#pragma once

#include "rehearse/pg/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::sql {

// What a statement is, as far as replay and rules must tell statements apart. From libpg_query's
// parse tree; from the first tokens where the grammar does not know the statement or where it is a
// plain row statement.
enum class StatementKind {
    select,
    insert,
    update,
    delete_rows,
    merge,
    copy_in,  // COPY ... FROM STDIN with its data behind it in the file
    copy_other,
    begin,
    commit,
    rollback,
    savepoint,  // savepoint: also RELEASE and ROLLBACK TO
    set,
    reset,
    create_table,
    alter_table,
    drop_table,
    rename,
    truncate,
    create_index,
    drop_index,
    reindex,
    create_view,
    drop_view,
    refresh_materialized_view,
    create_function,
    do_block,
    call,
    create_trigger,
    create_type,
    alter_type,
    create_schema,
    create_extension,
    create_sequence,
    alter_sequence,
    comment,
    grant,
    lock_table,
    vacuum,
    analyze,
    cluster,
    other_utility,
    unclassified,  // the grammar does not know it; it is replayed all the same
};

std::string_view to_string(StatementKind kind);

// Where a statement may run (PreventInTransactionBlock and RequireTransactionBlock in the server's
// source).
enum class TransactionUse {
    allowed,         // may be wrapped in BEGIN/COMMIT
    may_be_refused,  // only the server knows; it refuses at once (25001): CLUSTER and REINDEX of
                     // what may be partitioned
    may_commit,      // not to be wrapped unless it is known that it does not: CALL; DO whose body
                     // says COMMIT, ROLLBACK or CALL
    forbidden,       // CREATE INDEX CONCURRENTLY, VACUUM, CREATE DATABASE, ...
    needs_block,     // outside a transaction block it is refused or does nothing, which wrapping
                     // would hide: LOCK, DECLARE, SET LOCAL, SET TRANSACTION, SET CONSTRAINTS
    is_control,      // BEGIN, COMMIT, ROLLBACK, SAVEPOINT ...
};

struct Position {
    std::uint64_t offset = 0;  // bytes from the file's beginning
    int line = 1;              // from 1
    int column = 1;            // in characters, from 1
};

// One piece of a script. leading + text + trailing of all pieces, with the COPY data between them,
// is the file byte for byte. Only a piece with a text is to be run.
struct Statement {
    std::string leading;   // white space, comments and lone semicolons before it; the file's BOM
    std::string text;      // from its first token to its last, without its semicolon
    std::string trailing;  // white space and comments up to ";" and it, or up to the file's end;
                           // before COPY data also the rest of the line
    Position position;     // of text
    // A psql backslash command, or a stray "\;": text is the rest of its line.
    bool is_meta_command = false;
    // The meta-command stands before the semicolon of the piece before it. psql would put the text
    // on both sides of it together (\;) or send what it has (\g): the pieces do not.
    bool interrupts_statement = false;
    bool has_copy_data = false;  // COPY ... FROM STDIN: read_copy_data() gives what follows
    // Several statements that psql's "\;" joins into one simple Query (PsqlScript only).
    bool has_parts = false;
    // The file ends inside a quote, comment, parenthesis or BEGIN ATOMIC body. A comment that is
    // left open comes in trailing, or in leading where there is no text.
    bool unterminated = false;
    std::string open_construct;  // "dollar quote $fn$", "block comment", ...
    Position open_position;
};

// A sub-command of ALTER TABLE, as far as rules must tell them apart; the others are left out.
struct AlterAction {
    enum class Kind { add_column, drop_column, set_not_null, add_unique, add_primary_key };
    Kind kind{};
    // Empty for the constraints; a column's own UNIQUE or PRIMARY KEY is an action too.
    std::string column;
    bool not_null = false;     // add_column: NOT NULL or PRIMARY KEY
    bool has_default = false;  // add_column: DEFAULT, GENERATED, IDENTITY or a serial type
    bool using_index = false;  // add_unique, add_primary_key
    bool cascade = false;      // drop_column
};

// SET and RESET of one parameter.
struct SettingChange {
    std::string name;       // lower case: "lock_timeout"; "all" for RESET ALL
    std::string value;      // as text: "5s"; empty for RESET and SET ... TO DEFAULT
    bool is_local = false;  // SET LOCAL: until the transaction's end
};

// SAVEPOINT, RELEASE and ROLLBACK TO.
struct SavepointUse {
    enum class Kind { set, release, roll_back_to };
    Kind kind{};
    std::string name;  // as the server has it: folded to lower case unless quoted
};

// What the text alone says of a statement.
struct Classification {
    StatementKind kind = StatementKind::unclassified;
    TransactionUse transaction_use = TransactionUse::allowed;
    bool concurrently = false;
    // Only INSERT, UPDATE, DELETE, MERGE, SELECT without FOR UPDATE..., COPY: takes at most
    // RowExclusiveLock itself. (Triggers and functions may take more: the reading before COMMIT
    // sees it.)
    bool takes_weak_locks_only = false;
    std::vector<pg::RelationName> relations;  // named in the text, in their order, once each
    std::vector<AlterAction> alter_actions;   // ALTER TABLE
    std::optional<SettingChange> setting;     // SET, RESET
    std::optional<SavepointUse> savepoint;    // of that kind
    std::string procedure;                    // CALL: its name without the schema
    std::string syntax_error;  // libpg_query's message; not proof that the server refuses it
    std::size_t syntax_error_position = 0;  // characters from 1
};

}  // namespace rehearse::sql
