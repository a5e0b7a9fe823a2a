SELECT pg_catalog.current_setting('server_version_num'), pg_catalog.current_database(), current_user,
       pg_catalog.pg_is_in_recovery();
