-- EXECUTE parameters('{shared_buffers,work_mem}');
PREPARE parameters(text[]) AS
SELECT name, setting FROM pg_catalog.pg_settings WHERE name = ANY ($1);
