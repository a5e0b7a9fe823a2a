SELECT version, name, path, in_change, label, elapsed_ms, because, strongest_lock, longest_blocked_ms,
    rewritten_bytes, wal_bytes, largest_table, largest_table_bytes, ran_to_end,
    sql_id
FROM migrations
WHERE run_id = :run_id
ORDER BY position;
