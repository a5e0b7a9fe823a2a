SELECT max(run_id)
FROM migrations
WHERE version = :version AND name = :name AND path = :path AND run_id < :before;
