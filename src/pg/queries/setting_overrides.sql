-- ALTER ROLE and ALTER DATABASE ... SET, of this database and of all. A name with a dot belongs to an extension or to the
-- application, which may keep a secret in it.
SELECT r.rolname, d.datname, pg_catalog.split_part(c.entry, '=', 1) AS name,
       pg_catalog.substr(c.entry, pg_catalog.strpos(c.entry, '=') + 1) AS value
FROM pg_catalog.pg_db_role_setting s
LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS c(entry)
WHERE (s.setdatabase = 0 OR d.datname = pg_catalog.current_database())
  AND pg_catalog.split_part(c.entry, '=', 1) !~ '[.]'
ORDER BY 1 NULLS FIRST, 2 NULLS FIRST, 3;
