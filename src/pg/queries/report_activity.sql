-- The statistics system has what the session did to rows once this command is over (PostgreSQL 15 and later).
SELECT pg_catalog.pg_stat_force_next_flush();
