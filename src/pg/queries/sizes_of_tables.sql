-- EXECUTE sizes_of_tables('{16384,16385}');
-- As table_sizes, for some. On the session that holds their locks it waits for nothing.
PREPARE sizes_of_tables(oid[]) AS
SELECT c.oid, pg_catalog.pg_total_relation_size(c.oid)
FROM pg_catalog.pg_class c
WHERE c.oid = ANY ($1) AND c.relkind IN ('r', 'm');
