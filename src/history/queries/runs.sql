-- The newest, or the one that is given.
SELECT run_id, started_at, finished_at, label, snapshot_name, snapshot_taken_at, snapshot_sha256,
    engine, server_version, noisy_ms, rethink_ms, folder
FROM runs
WHERE :run_id IS NULL OR run_id = :run_id
ORDER BY run_id DESC
LIMIT :limit;
