-- The database that the end-to-end tests dump: small, but with everything that a restore must get right: an owner and
-- grants of roles that the scratch lacks, an extension, an enum, a view, foreign keys, NULLs, a history table.
CREATE ROLE shop_owner;
CREATE ROLE "shop reader";
CREATE DATABASE shop OWNER shop_owner;
\connect shop
GRANT CREATE ON SCHEMA public TO shop_owner;
CREATE EXTENSION citext;
SET ROLE shop_owner;

CREATE TYPE plan AS ENUM ('free', 'team', 'enterprise');

CREATE TABLE workspaces (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    plan plan NOT NULL DEFAULT 'free'
);
INSERT INTO workspaces (name, plan)
SELECT 'workspace ' || n, (ARRAY['free', 'free', 'team', 'enterprise'])[1 + n % 4]::plan FROM generate_series(1, 50) n;

CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id bigint NOT NULL REFERENCES workspaces,
    email public.citext NOT NULL UNIQUE,
    phone text
);
INSERT INTO users (workspace_id, email, phone)
SELECT 1 + n % 50, 'Secret.Person' || n || '@example.com', CASE WHEN n % 3 = 0 THEN '555-' || n END
FROM generate_series(1, 1000) n;

CREATE TABLE invoices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id bigint NOT NULL REFERENCES workspaces,
    cents int NOT NULL,
    note text
);
INSERT INTO invoices (workspace_id, cents, note)
SELECT 1 + n % 50, n % 1000, NULLIF(n % 7, 0)::text FROM generate_series(1, 5000) n;

CREATE VIEW unpaid AS SELECT id, cents FROM invoices WHERE note IS NULL;
GRANT SELECT ON users, invoices, unpaid TO "shop reader";

-- golang-migrate's history: 1 and 2 are applied.
CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL);
INSERT INTO schema_migrations VALUES (2, false);
