-- Waits for AccessExclusiveLocks (pg_relation_size): only while the watched session is in no transaction.
SELECT c.oid, c.relnamespace::pg_catalog.regnamespace, c.relname, c.relkind, pg_catalog.pg_relation_filenode(c.oid),
       pg_catalog.pg_relation_filepath(c.oid), i.indrelid, i.indisvalid,
       CASE WHEN c.relkind IN ('r', 'm', 'i') THEN pg_catalog.pg_relation_size(c.oid, 'main') END
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_toast%';
