-- EXECUTE tables_named('schema_migrations');
PREPARE tables_named(text) AS
SELECT n.nspname, c.relname
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = $1 AND c.relkind IN ('r', 'p')
  AND n.nspname NOT LIKE 'pg\_temp%'
ORDER BY n.nspname IS DISTINCT FROM pg_catalog.current_schema(), n.nspname;
