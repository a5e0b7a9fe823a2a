-- EXECUTE partition_condition('public.events_2026');
PREPARE partition_condition(text) AS
SELECT pg_catalog.pg_get_partition_constraintdef(pg_catalog.to_regclass($1)) AS condition;
