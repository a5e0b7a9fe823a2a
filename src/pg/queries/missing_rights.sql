-- What keeps the current role from a pg_dump of the whole database, and from its statistics. pg_dump locks every table
-- that it dumps and reads every sequence; the tables of an extension are left to the extension, but for the rows of
-- those that it marked (pg_extension.extconfig).
WITH dumped AS (
    SELECT c.oid, c.relname, c.relkind, n.oid AS nspoid, n.nspname
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'S')
      AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
      AND (c.oid IN (SELECT pg_catalog.unnest(extconfig) FROM pg_catalog.pg_extension)
           OR NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                          WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))
), large_objects AS (
    SELECT pg_catalog.count(*) AS unreadable
    FROM pg_catalog.pg_largeobject_metadata m
    WHERE NOT pg_catalog.pg_has_role(m.lomowner, 'USAGE')
      AND NOT EXISTS (SELECT FROM pg_catalog.aclexplode(m.lomacl) a
                      WHERE a.privilege_type = 'SELECT'
                        AND (a.grantee = 0 OR pg_catalog.pg_has_role(a.grantee, 'USAGE')))
)
SELECT kind, schema, name, count
FROM (
    SELECT 1 AS place, 'monitor' AS kind, '' AS schema, '' AS name, 1::bigint AS count
    WHERE NOT pg_catalog.pg_has_role('pg_monitor', 'USAGE')
    UNION ALL
    SELECT DISTINCT 2, 'schema', nspname::text, '', 1::bigint FROM dumped
    WHERE NOT pg_catalog.has_schema_privilege(nspoid, 'USAGE')
    UNION ALL
    SELECT 3, CASE relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, nspname, relname, 1 FROM dumped
    WHERE NOT pg_catalog.has_table_privilege(oid, 'SELECT')
    UNION ALL
    SELECT 4, 'row_security', nspname, relname, 1 FROM dumped
    WHERE pg_catalog.has_table_privilege(oid, 'SELECT') AND pg_catalog.row_security_active(oid)
    UNION ALL
    SELECT 5, 'large_objects', '', '', unreadable FROM large_objects WHERE unreadable > 0
) missing
ORDER BY place, schema, name;
