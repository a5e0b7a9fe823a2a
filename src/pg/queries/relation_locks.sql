-- EXECUTE relation_locks(12345);
-- Locks on relations of this database, held or awaited by one backend and its parallel workers. pg_lock_status() is
-- what the view pg_locks calls; no join, because this is read a thousand times a second. The position in the WAL
-- comes in every row, and in one row without a lock when there is none.
PREPARE relation_locks(integer) AS
SELECT pg_catalog.pg_current_wal_insert_lsn() - '0/0', l.relation, l.mode, l.granted, l.virtualtransaction, l.locktype
FROM (VALUES (1)) always
LEFT JOIN (
    SELECT s.relation, s.mode, s.granted, s.virtualtransaction, s.locktype
    FROM pg_catalog.pg_lock_status() s
    WHERE (s.pid = $1 OR s.pid = ANY (ARRAY(SELECT a.pid FROM pg_catalog.pg_stat_get_activity(NULL) a
                                            WHERE a.leader_pid = $1)))
      AND CASE s.locktype
          WHEN 'relation' THEN
              s.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
              -- 16384 is FirstNormalObjectId: what is below belongs to the system catalogs.
              AND s.relation >= 16384
          -- Of other locks only one that is waited for: a transaction's end, a page of an index.
          ELSE NOT s.granted
          END
) l ON true;
