-- Of one migration, in the runs before one of them where that is given, and only those that the weekly job told
-- the team of where they are asked for.
SELECT r.run_id, r.started_at, r.finished_at, r.label, r.snapshot_name, r.snapshot_taken_at,
    r.snapshot_sha256, r.engine, r.server_version, r.noisy_ms, r.rethink_ms, r.folder,
    m.version, m.name, m.path, m.in_change, m.label, m.elapsed_ms, m.because, m.strongest_lock,
    m.longest_blocked_ms, m.rewritten_bytes, m.wal_bytes, m.largest_table, m.largest_table_bytes, m.ran_to_end,
    m.sql_id
FROM migrations m
JOIN runs r USING (run_id)
WHERE m.version = :version AND m.name = :name AND m.path = :path
    AND (:before IS NULL OR m.run_id < :before)
    AND (NOT :told_weekly OR r.told_weekly)
ORDER BY m.run_id DESC
LIMIT :limit;
