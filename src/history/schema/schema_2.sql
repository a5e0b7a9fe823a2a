-- Whether the team was told of a run by the weekly job, which compares with the one before; and which
-- runs of a migration have a time of their own and were of the same SQL: they alone make a trend.
ALTER TABLE runs ADD COLUMN told_weekly integer NOT NULL DEFAULT 0;
ALTER TABLE migrations ADD COLUMN ran_to_end integer NOT NULL DEFAULT 0;
ALTER TABLE migrations ADD COLUMN sql_id text NOT NULL DEFAULT '';
UPDATE migrations SET ran_to_end = label NOT IN ('failed', 'not_run');
