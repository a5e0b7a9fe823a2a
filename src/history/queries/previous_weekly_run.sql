-- The newest run of one migration that the weekly job told the team of, before another.
SELECT max(m.run_id)
FROM migrations m
JOIN runs r USING (run_id)
WHERE m.version = :version AND m.name = :name AND m.path = :path AND m.run_id < :before
    AND r.told_weekly;
