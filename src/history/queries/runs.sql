SELECT run_id, started_at, finished_at, label, snapshot_name, snapshot_taken_at, snapshot_sha256,
    engine, server_version, noisy_ms, rethink_ms, folder
FROM runs
ORDER BY run_id DESC
LIMIT :limit;
