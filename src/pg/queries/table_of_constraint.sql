-- EXECUTE table_of_constraint('public.users');
PREPARE table_of_constraint(text) AS
SELECT n.nspname, c.relname, c.relkind = 'p' AS is_partitioned, a.attname AS primary_key
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
LEFT JOIN LATERAL pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k(attnum, place)
  ON k.place <= i.indnkeyatts
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
WHERE c.oid = pg_catalog.to_regclass($1)
ORDER BY k.place;
