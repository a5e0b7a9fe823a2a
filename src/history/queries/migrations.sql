SELECT DISTINCT version, name, path
FROM migrations
ORDER BY version, name, path;
