-- EXECUTE statement_progress(12345);
-- What the server tells of a long command (PostgreSQL manual, 28.4), as done of total in the phase's own unit.
PREPARE statement_progress(integer) AS
SELECT command, phase,
       CASE WHEN blocks_total > 0 THEN blocks_done ELSE tuples_done END,
       CASE WHEN blocks_total > 0 THEN blocks_total ELSE tuples_total END
FROM pg_catalog.pg_stat_progress_create_index WHERE pid = $1
UNION ALL
SELECT command, phase, heap_blks_scanned, heap_blks_total
FROM pg_catalog.pg_stat_progress_cluster WHERE pid = $1
UNION ALL
SELECT 'VACUUM', phase, heap_blks_scanned, heap_blks_total
FROM pg_catalog.pg_stat_progress_vacuum WHERE pid = $1
UNION ALL
SELECT 'ANALYZE', phase, sample_blks_scanned, sample_blks_total
FROM pg_catalog.pg_stat_progress_analyze WHERE pid = $1
LIMIT 1;
