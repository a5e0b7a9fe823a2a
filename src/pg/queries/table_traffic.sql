SELECT s.relid, s.schemaname, s.relname,
       -- The counters know nothing after a crash and on a replica, ANALYZE does.
       CASE WHEN s.n_live_tup = 0 THEN GREATEST(c.reltuples, 0)::bigint ELSE s.n_live_tup END,
       pg_catalog.pg_table_size(c.oid), pg_catalog.pg_indexes_size(c.oid),
       s.seq_scan, s.idx_scan, s.n_tup_ins, s.n_tup_upd, s.n_tup_del
FROM pg_catalog.pg_stat_user_tables s
JOIN pg_catalog.pg_class c ON c.oid = s.relid
WHERE c.relpersistence <> 't'
ORDER BY s.schemaname, s.relname;
