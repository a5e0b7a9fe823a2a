-- EXECUTE database_exists('shop');
PREPARE database_exists(text) AS
SELECT count(*) > 0 FROM pg_catalog.pg_database WHERE datname = $1;
