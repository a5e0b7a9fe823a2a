-- Needs the schema of pg_stat_statements in search_path. to_jsonb: total_exec_time was total_time before 13. Only the
-- statements whose constants are taken out: utility statements keep theirs, such as a password.
SELECT q->>'queryid', q->>'query', (q->>'calls')::bigint,
       COALESCE(q->>'total_exec_time', q->>'total_time')::float8 AS total_ms,
       COALESCE(q->>'mean_exec_time', q->>'mean_time')::float8 AS mean_ms, (q->>'rows')::bigint
FROM (SELECT pg_catalog.to_jsonb(s) AS q
      FROM pg_stat_statements s
      WHERE s.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        AND s.query ~* '^(\s|/\*([^*]|\*[^/])*\*/|--[^\n]*\n|\()*(select|insert|update|delete|merge|with|values|table)\M') one
ORDER BY total_ms DESC
LIMIT 200;
