-- pg_stat_progress_copy of our pg_dump's sessions; a server before 14 does not know COPY there.
SELECT p.relid, p.param1
FROM pg_catalog.pg_stat_get_progress_info(
         CASE WHEN pg_catalog.current_setting('server_version_num')::integer >= 140000
              THEN 'COPY' ELSE 'VACUUM' END) p
JOIN pg_catalog.pg_stat_activity a ON a.pid = p.pid
WHERE a.application_name = 'rehearse snapshot' AND p.relid <> 0;
