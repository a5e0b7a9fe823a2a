-- Every partition, child table and child index with its (first) parent.
SELECT inhrelid, inhparent FROM pg_catalog.pg_inherits WHERE inhseqno = 1;
