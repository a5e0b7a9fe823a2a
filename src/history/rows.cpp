#include "history/rows.hpp"

namespace rehearse::history {

void bind_run(Statement& statement, const RunFacts& facts) {
    statement.bind(":run_id", facts.run_id)
        .bind(":started_at", facts.started_at)
        .bind(":finished_at", facts.finished_at)
        .bind(":label", facts.label)
        .bind(":snapshot_name", facts.snapshot_name)
        .bind(":snapshot_taken_at", facts.snapshot_taken_at)
        .bind(":snapshot_sha256", facts.snapshot_sha256)
        .bind(":engine", facts.engine)
        .bind(":server_version", facts.server_version)
        .bind(":noisy_ms", facts.noisy_ms)
        .bind(":rethink_ms", facts.rethink_ms)
        .bind(":folder", facts.folder.string());
}

void bind_key(Statement& statement, const MigrationKey& key) {
    statement.bind(":version", key.version).bind(":name", key.name).bind(":path", key.path);
}

void bind_migration(Statement& statement, const MigrationFigures& figures) {
    bind_key(statement, figures.key);
    statement.bind(":in_change", figures.in_change)
        .bind(":label", figures.label)
        .bind(":elapsed_ms", figures.elapsed_ms)
        .bind(":because", figures.because)
        .bind(":strongest_lock", figures.strongest_lock)
        .bind(":longest_blocked_ms", figures.longest_blocked_ms)
        .bind(":rewritten_bytes", figures.rewritten_bytes)
        .bind(":wal_bytes", figures.wal_bytes)
        .bind(":largest_table", figures.largest_table)
        .bind(":largest_table_bytes", figures.largest_table_bytes)
        .bind(":ran_to_end", figures.ran_to_end)
        .bind(":sql_id", figures.sql_id);
}

RunFacts next_run(Statement& row) {
    RunFacts facts;
    facts.run_id = row.next_text();
    facts.started_at = row.next_text();
    facts.finished_at = row.next_text();
    facts.label = row.next_text();
    facts.snapshot_name = row.next_text();
    facts.snapshot_taken_at = row.next_text();
    facts.snapshot_sha256 = row.next_text();
    facts.engine = row.next_text();
    facts.server_version = row.next_text();
    facts.noisy_ms = row.next_real();
    facts.rethink_ms = row.next_real();
    facts.folder = row.next_text();
    return facts;
}

MigrationKey next_key(Statement& row) {
    MigrationKey key;
    key.version = row.next_text();
    key.name = row.next_text();
    key.path = row.next_text();
    return key;
}

MigrationFigures next_migration(Statement& row) {
    MigrationFigures figures;
    figures.key = next_key(row);
    figures.in_change = row.next_integer() != 0;
    figures.label = row.next_text();
    figures.elapsed_ms = row.next_real();
    figures.because = row.next_text();
    figures.strongest_lock = row.next_text();
    figures.longest_blocked_ms = row.next_real();
    figures.rewritten_bytes = row.next_integer();
    figures.wal_bytes = row.next_integer();
    figures.largest_table = row.next_text();
    figures.largest_table_bytes = row.next_integer();
    figures.ran_to_end = row.next_integer() != 0;
    figures.sql_id = row.next_text();
    return figures;
}

}  // namespace rehearse::history
