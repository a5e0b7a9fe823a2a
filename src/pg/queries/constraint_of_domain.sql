-- EXECUTE constraint_of_domain('public.price', 'price_check');
PREPARE constraint_of_domain(text, text) AS
SELECT pg_catalog.pg_get_expr(o.conbin, 0) AS condition
FROM pg_catalog.pg_constraint o
WHERE o.contypid = pg_catalog.to_regtype($1) AND o.conname = $2;
