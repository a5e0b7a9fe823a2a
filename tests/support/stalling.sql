-- A database whose restore does not end: its rows are checked by a function that is fast only where the setting
-- test.fast is on.
CREATE DATABASE stalling;
\connect stalling
CREATE FUNCTION is_let_through(int) RETURNS boolean LANGUAGE sql AS
$$ SELECT CASE WHEN current_setting('test.fast', true) = 'on' THEN true ELSE pg_sleep(1000) IS NOT NULL END $$;
CREATE TABLE parcels (id int CHECK (public.is_let_through(id)));
SET test.fast = 'on';
INSERT INTO parcels VALUES (1);
