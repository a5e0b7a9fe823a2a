-- EXECUTE partition_tree('public.events');
-- The names of the topmost parent and of all below it. Takes no lock on any of them.
PREPARE partition_tree(text) AS
WITH RECURSIVE ancestors(oid) AS (
    SELECT pg_catalog.to_regclass($1)::oid
    UNION
    SELECT i.inhparent FROM pg_catalog.pg_inherits i JOIN ancestors a ON a.oid = i.inhrelid
), tree(oid) AS (
    SELECT oid FROM ancestors
    UNION
    SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree t ON t.oid = i.inhparent
)
SELECT c.relname FROM tree JOIN pg_catalog.pg_class c ON c.oid = tree.oid;
