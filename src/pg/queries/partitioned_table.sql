-- EXECUTE partitioned_table('public.events');
-- A row that fulfils place_is_taken belongs in a partition that is there, the default one left out.
PREPARE partitioned_table(text) AS
SELECT pg_catalog.pg_get_partkeydef(p.partrelid) AS key,
       pg_catalog.pg_get_partition_constraintdef(p.partrelid) AS condition,
       n.nspname AS schema_of_default, d.relname AS name_of_default,
       (SELECT pg_catalog.string_agg('(' || pg_catalog.pg_get_partition_constraintdef(i.inhrelid) || ')', ' OR ')
        FROM pg_catalog.pg_inherits i
        WHERE i.inhparent = p.partrelid AND i.inhrelid <> p.partdefid) AS place_is_taken
FROM pg_catalog.pg_partitioned_table p
LEFT JOIN pg_catalog.pg_class d ON d.oid = p.partdefid
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.relnamespace
WHERE p.partrelid = pg_catalog.to_regclass($1);
