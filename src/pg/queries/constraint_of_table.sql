-- EXECUTE constraint_of_table('public.users', 'users_email_check');
PREPARE constraint_of_table(text, text) AS
SELECT o.contype, o.connoinherit, o.confmatchtype = 'f' AS match_full,
       pg_catalog.pg_get_expr(o.conbin, o.conrelid) AS condition,
       rn.nspname, r.relname, a.attname, ra.attname AS referenced_attname
FROM pg_catalog.pg_constraint o
LEFT JOIN pg_catalog.pg_class r ON r.oid = o.confrelid
LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
LEFT JOIN LATERAL ROWS FROM (pg_catalog.unnest(o.conkey), pg_catalog.unnest(o.confkey))
  WITH ORDINALITY AS k(attnum, referenced_attnum, place) ON true
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.attnum
LEFT JOIN pg_catalog.pg_attribute ra
  ON ra.attrelid = o.confrelid AND ra.attnum = k.referenced_attnum
WHERE o.conrelid = pg_catalog.to_regclass($1) AND o.conname = $2
ORDER BY k.place;
