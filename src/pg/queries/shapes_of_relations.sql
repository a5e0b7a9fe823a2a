-- EXECUTE shapes_of_relations('{16384,16385}');
-- What ALTER TABLE changes: a row for each column and each constraint of these relations, and one with nothing more for
-- each relation (an index with its table). A column's default is told apart by the oid of its pg_attrdef entry, which is
-- new with each SET DEFAULT.
-- PostgreSQL 18 keeps NOT NULL as a constraint, too (contype n): the column tells of it.
PREPARE shapes_of_relations(oid[]) AS
SELECT c.oid, c.relnamespace::pg_catalog.regnamespace, c.relname, c.relkind, NULL AS kind, NULL::bigint AS number,
       NULL AS name, NULL AS type, NULL AS is_set, i.indrelid::bigint AS other_oid
FROM pg_catalog.pg_class c
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
WHERE c.oid = ANY ($1)
UNION ALL
SELECT a.attrelid, NULL, NULL, NULL, 'column', a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
       a.attnotnull, d.oid
FROM pg_catalog.pg_attribute a
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f')
WHERE a.attrelid = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT k.conrelid, NULL, NULL, NULL, 'constraint', k.oid, k.conname, k.contype::text, k.convalidated, NULL
FROM pg_catalog.pg_constraint k
WHERE k.conrelid = ANY ($1) AND k.contype IN ('c', 'f', 'p', 'u', 'x');
