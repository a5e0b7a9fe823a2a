-- EXECUTE own_locks(12345);
-- What relation_locks_named and row_activity tell, of the session that asks: none of its parallel workers runs any more,
-- and it holds no relation of another database. What is one figure for all rows is computed once.
PREPARE own_locks(integer) AS
SELECT now.wal_position, l.relation, l.mode, l.granted, l.virtualtransaction,
       c.oid, c.relnamespace::pg_catalog.regnamespace, c.relname, c.relkind, pg_catalog.pg_relation_filenode(c.oid),
       pg_catalog.pg_relation_filepath(c.oid), i.indrelid, i.indisvalid,
       now.mark, l.relation, pg_catalog.pg_stat_get_xact_tuples_inserted(l.relation),
       pg_catalog.pg_stat_get_xact_tuples_updated(l.relation), pg_catalog.pg_stat_get_xact_tuples_deleted(l.relation),
       pg_catalog.pg_stat_get_xact_tuples_returned(l.relation)
FROM (
    SELECT pg_catalog.pg_current_wal_insert_lsn() - '0/0',
           pg_catalog.pg_stat_get_xact_numscans(2995) + pg_catalog.pg_stat_get_xact_numscans(2996)
               + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata WHERE oid = 0)
) now(wal_position, mark)
LEFT JOIN (
    SELECT s.relation, s.mode, s.granted, s.virtualtransaction
    FROM pg_catalog.pg_lock_status() s
    WHERE s.locktype = 'relation' AND s.pid = $1 AND s.relation >= 16384
) l ON true
LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid;
