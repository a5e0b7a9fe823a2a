-- The production database of the restore tests: something of everything that pg_dump writes. The roles and the database
-- itself are made by restore_source.cpp.
CREATE EXTENSION pg_trgm;
CREATE EXTENSION hstore;
SET ROLE app_owner;
CREATE SCHEMA sales;
CREATE TYPE sales.state AS ENUM ('new', 'paid', 'void');
CREATE TABLE sales.invoices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state sales.state NOT NULL,
    note text,
    amount numeric(12, 2) CHECK (amount >= 0),
    twice numeric GENERATED ALWAYS AS (amount * 2) STORED
);
INSERT INTO sales.invoices (state, note, amount)
SELECT (ARRAY['new', 'paid', 'void'])[1 + i % 3]::sales.state, md5(i::text) || E'\t\\ tab; ''q'' $$', i
FROM generate_series(1, 5000) i;
CREATE INDEX ON sales.invoices USING gin (note public.gin_trgm_ops);
CREATE TABLE sales.lines (invoice bigint REFERENCES sales.invoices, what public.hstore);
INSERT INTO sales.lines SELECT i, public.hstore('item', i::text) FROM generate_series(1, 500) i;
CREATE TABLE sales."Odd ""Name""" (a int, b text);
INSERT INTO sales."Odd ""Name""" VALUES (1, E'\\.\nline'), (2, NULL), (3, '-- PostgreSQL database dump complete');
CREATE TABLE sales.empty (a int);
CREATE TABLE sales.log (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE sales.log_24 PARTITION OF sales.log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE sales.log_25 PARTITION OF sales.log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
INSERT INTO sales.log SELECT date '2024-01-01' + i % 700, repeat('x', i % 50) FROM generate_series(1, 1000) i;
CREATE VIEW sales.paid AS SELECT * FROM sales.invoices WHERE state = 'paid';
CREATE MATERIALIZED VIEW sales.totals AS SELECT state, sum(amount) FROM sales.invoices GROUP BY 1;
CREATE FUNCTION sales.touch() RETURNS trigger LANGUAGE plpgsql
AS $$ begin new.note := new.note || ';'; return new; end $$;
CREATE TRIGGER touch BEFORE UPDATE ON sales.invoices FOR EACH ROW EXECUTE FUNCTION sales.touch();
ALTER TABLE sales.invoices ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON sales.invoices FOR SELECT TO policy_user USING (amount > 1);
GRANT USAGE ON SCHEMA sales TO "Read Only";
GRANT SELECT ON ALL TABLES IN SCHEMA sales TO "Read Only";
GRANT UPDATE (note) ON sales.invoices TO policy_user;
ALTER DEFAULT PRIVILEGES IN SCHEMA sales GRANT SELECT ON TABLES TO default_acl_user;
RESET ROLE;
COMMENT ON TABLE sales.invoices IS 'all of them';
CREATE SEQUENCE sales.numbers START 100;
SELECT nextval('sales.numbers');
SELECT lo_from_bytea(900001, repeat('blob', 5000)::bytea), lo_from_bytea(900002, ''::bytea);
CREATE PUBLICATION feed FOR TABLE sales.invoices;
CREATE SUBSCRIPTION incoming CONNECTION 'host=nowhere.invalid' PUBLICATION feed WITH (connect = false);
CREATE FUNCTION sales.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ begin end $$;
CREATE EVENT TRIGGER watch_ddl ON ddl_command_end EXECUTE FUNCTION sales.on_ddl();
CREATE STATISTICS sales.together ON state, amount FROM sales.invoices;
