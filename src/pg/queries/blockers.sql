-- EXECUTE blockers(12345);
-- Whom one backend waits for, as somebody would name them.
PREPARE blockers(integer) AS
SELECT DISTINCT CASE WHEN a.backend_type <> 'client backend' THEN a.backend_type
                     WHEN a.application_name <> '' THEN a.application_name
                     ELSE 'session of ' || coalesce(a.usename, 'nobody') END
FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) AS b(pid)
JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid
ORDER BY 1;
