-- What all sessions together did since the statistics were last reset, as far as they have reported it (PostgreSQL
-- manual, 28.2.3): rollbacks in this database, the same in each row, and rows of its tables.
SELECT (SELECT pg_catalog.pg_stat_get_db_xact_rollback(d.oid)
        FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()),
       c.oid, pg_catalog.pg_stat_get_tuples_inserted(c.oid), pg_catalog.pg_stat_get_tuples_updated(c.oid),
       pg_catalog.pg_stat_get_tuples_deleted(c.oid), pg_catalog.pg_stat_get_tuples_returned(c.oid)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\_toast%' AND n.nspname NOT LIKE 'pg\_temp%';
