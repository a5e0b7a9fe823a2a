SELECT pg_catalog.to_char(stats_reset AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
       EXTRACT(epoch FROM pg_catalog.clock_timestamp() - stats_reset)::float8
FROM pg_catalog.pg_stat_database
WHERE datname = pg_catalog.current_database();
