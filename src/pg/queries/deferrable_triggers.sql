-- One row when there is a constraint trigger that can be deferred; those of foreign keys change no rows at COMMIT.
SELECT 1 FROM pg_catalog.pg_trigger WHERE tgdeferrable AND NOT tgisinternal LIMIT 1;
