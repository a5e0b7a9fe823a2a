SELECT system_identifier FROM pg_catalog.pg_control_system();
