-- EXECUTE size_of_file('base/16384/16385');
-- Bytes of one relation file with its segments of 1 GB ("16385", "16385.1", ...), without a lock on the relation, and
-- also of a file that the open transaction has replaced: it stays until COMMIT.
PREPARE size_of_file(text) AS
WITH RECURSIVE segment(number, bytes) AS (
    SELECT 0, (pg_catalog.pg_stat_file($1, true)).size
    UNION ALL
    SELECT number + 1, (pg_catalog.pg_stat_file($1 || '.' || (number + 1), true)).size FROM segment WHERE bytes > 0
)
SELECT coalesce(sum(bytes), 0)::bigint FROM segment;
