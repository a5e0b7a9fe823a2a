-- EXECUTE is_child_of('public.events_2026', 'public.events');
-- A partition or an inheriting table, at any depth; the table itself, too.
PREPARE is_child_of(text, text) AS
WITH RECURSIVE family(oid) AS (
    SELECT pg_catalog.to_regclass($2)::oid
    UNION
    SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN family f ON f.oid = i.inhparent
)
SELECT 1 FROM family WHERE oid = pg_catalog.to_regclass($1);
