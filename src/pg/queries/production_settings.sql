-- What decides how long a statement takes. reset_val: what a session begins with, without what our own changed.
SELECT name, reset_val, unit, source
FROM pg_catalog.pg_settings
WHERE name LIKE 'autovacuum%' OR name LIKE 'vacuum%' OR name LIKE 'bgwriter\_%' OR name LIKE 'checkpoint\_%'
   OR name LIKE 'cpu\_%' OR name LIKE 'enable\_%' OR name LIKE 'jit%' OR name LIKE 'parallel\_%'
   OR name LIKE '%\_page\_cost' OR name LIKE '%io\_concurrency' OR name LIKE 'io\_%' OR name LIKE 'wal\_%'
   OR name LIKE '%\_timeout' OR name LIKE '%\_work\_mem' OR name LIKE 'max\_parallel%' OR name LIKE 'min\_parallel%'
   OR name LIKE '%\_buffers' OR name LIKE '%\_flush\_after' OR name LIKE 'track\_%'
   OR name IN ('block_size', 'commit_delay', 'commit_siblings', 'constraint_exclusion', 'cursor_tuple_fraction',
               'data_checksums', 'debug_io_direct', 'default_statistics_target', 'default_transaction_isolation',
               'effective_cache_size', 'fsync', 'full_page_writes', 'hash_mem_multiplier', 'huge_pages',
               'logical_decoding_work_mem', 'max_connections', 'max_locks_per_transaction', 'max_stack_depth',
               'max_standby_streaming_delay', 'max_wal_senders', 'max_wal_size', 'max_worker_processes',
               'min_wal_size', 'old_snapshot_threshold', 'plan_cache_mode', 'recovery_prefetch', 'server_version',
               'shared_preload_libraries', 'synchronous_commit', 'synchronous_standby_names', 'temp_file_limit',
               'work_mem', 'hot_standby_feedback')
ORDER BY name;
