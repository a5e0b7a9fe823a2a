-- EXECUTE backends_locks('{12345,12346}');
-- Locks on relations of this database, held or awaited by any of these backends, and for each open transaction of
-- theirs a row without a relation. No join, because this is read a thousand times a second.
PREPARE backends_locks(integer[]) AS
SELECT s.pid, s.relation, s.mode, s.granted, s.virtualtransaction
FROM pg_catalog.pg_lock_status() s
WHERE s.pid = ANY ($1)
  AND CASE s.locktype
      WHEN 'relation' THEN
          s.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
          -- 16384 is FirstNormalObjectId: what is below belongs to the system catalogs.
          AND s.relation >= 16384
      -- Every transaction holds its own.
      ELSE s.locktype = 'virtualxid' AND s.virtualxid = s.virtualtransaction
      END;
