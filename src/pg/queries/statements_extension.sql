-- The schema of pg_stat_statements, whether the server has loaded it, and whether the extension tells of its last reset
-- (since 1.9).
SELECT pg_catalog.quote_ident(n.nspname), pg_catalog.current_setting('pg_stat_statements.max', true) IS NOT NULL,
       pg_catalog.to_regclass(pg_catalog.quote_ident(n.nspname) || '.pg_stat_statements_info') IS NOT NULL
FROM pg_catalog.pg_extension e
JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements';
