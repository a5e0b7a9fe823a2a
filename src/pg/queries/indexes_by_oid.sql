-- EXECUTE indexes_by_oid('{16390}');
PREPARE indexes_by_oid(oid[]) AS
SELECT i.indexrelid, i.indrelid, i.indisvalid FROM pg_catalog.pg_index i WHERE i.indexrelid = ANY ($1);
