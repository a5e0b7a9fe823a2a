-- EXECUTE row_activity('{16384,16385}');
-- What this session did to rows and has not yet reported to the statistics system (PostgreSQL manual, 28.2.3): asked in
-- the transaction that did it. The mark tells whether a report came between two readings: scans of a catalog that nobody
-- else reads (2995 and 2996 are pg_largeobject_metadata and its index) and that each reading of ours scans once more.
PREPARE row_activity(oid[]) AS
SELECT pg_catalog.pg_stat_get_xact_numscans(2995) + pg_catalog.pg_stat_get_xact_numscans(2996)
           + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata WHERE oid = 0),
       t.oid, pg_catalog.pg_stat_get_xact_tuples_inserted(t.oid), pg_catalog.pg_stat_get_xact_tuples_updated(t.oid),
       pg_catalog.pg_stat_get_xact_tuples_deleted(t.oid), pg_catalog.pg_stat_get_xact_tuples_returned(t.oid)
FROM pg_catalog.unnest($1::oid[]) AS t(oid);
