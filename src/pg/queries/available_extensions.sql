-- One row a version, so that an extension with several has several rows.
SELECT e.name, e.default_version, v.version
FROM pg_catalog.pg_available_extensions e
JOIN pg_catalog.pg_available_extension_versions v USING (name)
ORDER BY e.name, v.version;
