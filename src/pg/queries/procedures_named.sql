-- EXECUTE procedures_named('archive_orders');
-- Whatever their schema and arguments: which of them a CALL means, only the server knows.
PREPARE procedures_named(name) AS
SELECT l.lanname, p.prosrc
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE p.proname = $1 AND p.prokind = 'p';
