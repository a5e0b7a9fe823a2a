-- Oids are given in ascending order. Once 2^32 were used up, low ones come again.
SELECT pg_catalog.max(oid) FROM pg_catalog.pg_class;
