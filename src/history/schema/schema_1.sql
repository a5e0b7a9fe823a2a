-- One row a run of rehearse, and one a migration that it rehearsed.
CREATE TABLE runs (
    run_id text NOT NULL PRIMARY KEY,
    started_at text NOT NULL,
    finished_at text NOT NULL,
    label text NOT NULL,
    snapshot_name text NOT NULL,
    snapshot_taken_at text NOT NULL,
    snapshot_sha256 text NOT NULL,
    engine text NOT NULL,
    server_version text NOT NULL,
    noisy_ms real NOT NULL,
    rethink_ms real NOT NULL,
    folder text NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE migrations (
    run_id text NOT NULL REFERENCES runs ON DELETE CASCADE,
    position integer NOT NULL,
    version text NOT NULL,
    name text NOT NULL,
    path text NOT NULL,
    in_change integer NOT NULL,
    label text NOT NULL,
    elapsed_ms real NOT NULL,
    because text NOT NULL,
    strongest_lock text NOT NULL,
    longest_blocked_ms real NOT NULL,
    rewritten_bytes integer NOT NULL,
    wal_bytes integer NOT NULL,
    largest_table text NOT NULL,
    largest_table_bytes integer NOT NULL,
    PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX migrations_key ON migrations (version, name, path, run_id);
