-- In milliseconds; 0 is none.
SELECT setting FROM pg_catalog.pg_settings WHERE name = 'statement_timeout';
