SELECT count(*) FILTER (WHERE c.relkind IN ('r', 'p', 'm')),
       count(*) FILTER (WHERE c.relkind IN ('i', 'I')),
       pg_catalog.pg_database_size(pg_catalog.current_database())
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\_toast%' AND n.nspname NOT LIKE 'pg\_temp%';
