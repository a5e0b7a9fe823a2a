-- EXECUTE relation_locks_named(12345);
-- As relation_locks, with what relations_by_oid tells of each relation that others can see: one question instead of two.
-- The join costs as much again as the locks do, which matters with thousands of them.
PREPARE relation_locks_named(integer) AS
SELECT pg_catalog.pg_current_wal_insert_lsn() - '0/0', l.relation, l.mode, l.granted, l.virtualtransaction,
       c.oid, c.relnamespace::pg_catalog.regnamespace, c.relname, c.relkind, pg_catalog.pg_relation_filenode(c.oid),
       pg_catalog.pg_relation_filepath(c.oid), i.indrelid, i.indisvalid
FROM (VALUES (1)) always
LEFT JOIN (
    SELECT s.relation, s.mode, s.granted, s.virtualtransaction
    FROM pg_catalog.pg_lock_status() s
    WHERE s.locktype = 'relation'
      AND s.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
      AND (s.pid = $1 OR s.pid = ANY (ARRAY(SELECT a.pid FROM pg_catalog.pg_stat_get_activity(NULL) a
                                            WHERE a.leader_pid = $1)))
      AND s.relation >= 16384
) l ON true
LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid;
