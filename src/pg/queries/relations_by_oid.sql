-- EXECUTE relations_by_oid('{16384,16385}');
-- Takes no lock on the relations: pg_relation_filepath() looks into the catalog, where pg_relation_size() would wait
-- for an AccessExclusiveLock.
PREPARE relations_by_oid(oid[]) AS
SELECT c.oid, c.relnamespace::pg_catalog.regnamespace, c.relname, c.relkind, pg_catalog.pg_relation_filenode(c.oid),
       pg_catalog.pg_relation_filepath(c.oid), i.indrelid, i.indisvalid
FROM pg_catalog.pg_class c
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
WHERE c.oid = ANY ($1);
