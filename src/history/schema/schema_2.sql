-- Whether the team was told of a run by the weekly job, which compares with the one before; and which
-- runs of a migration were of the same SQL, whose times alone make a trend.
ALTER TABLE runs ADD COLUMN told_weekly integer NOT NULL DEFAULT 0;
ALTER TABLE migrations ADD COLUMN sql_id text NOT NULL DEFAULT '';
