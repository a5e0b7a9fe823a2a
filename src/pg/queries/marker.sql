-- The marker that only a scratch of ours carries; empty elsewhere.
SELECT coalesce(current_setting('rehearse.run', true), '');
