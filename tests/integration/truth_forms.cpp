#include "integration/truth_forms.hpp"

namespace rehearse::test {

const char* const kFormsSchema = R"(
CREATE TABLE r (id integer PRIMARY KEY);
INSERT INTO r SELECT g FROM generate_series(1, 100) AS g;

CREATE TABLE t (
    id integer PRIMARY KEY, n integer, nn integer, vc varchar(50), ivc varchar(50), txt text,
    ts timestamp, num numeric(10,2), js text);
INSERT INTO t
SELECT g, 1 + g % 100, g, 'v' || g, 'i' || g, 't' || g, timestamp '2024-01-01' + g * interval '1 min',
       g, '{}'
FROM generate_series(1, 2000) AS g;
CREATE INDEX t_ivc ON t (ivc);
CREATE INDEX t_ts ON t (ts);
CREATE DOMAIN dpos AS integer CHECK (VALUE > 0);

CREATE TABLE pt (id integer NOT NULL, v integer) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF pt FOR VALUES FROM (1) TO (1000);
CREATE TABLE ptd PARTITION OF pt DEFAULT;
INSERT INTO pt SELECT g, g FROM generate_series(1, 500) AS g;
CREATE TABLE pc (id integer NOT NULL, v integer);
INSERT INTO pc SELECT g, g FROM generate_series(5000, 5999) AS g;
)";

namespace {

std::string in_zone(const std::string& zone) {
    return "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''" + zone +
           "''', current_database()); END $$";
}

const std::string kFk = "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (n) REFERENCES r (id)";
const std::string kCheck = "ALTER TABLE t ADD CONSTRAINT ck CHECK (n > 0)";
const std::string kProof = "ALTER TABLE t ADD CONSTRAINT ck CHECK (nn IS NOT NULL)";
const std::string kUnique = "CREATE UNIQUE INDEX uq ON t (nn)";
const std::string kNoKey = "ALTER TABLE t DROP CONSTRAINT t_pkey; ";
const std::string kMoreRows =
    "INSERT INTO t SELECT g, 1, g, 'v', 'i' || g, repeat('t', 100) FROM generate_series(10000, "
    "150000) AS g";
const std::string kAttach = "ALTER TABLE pt ATTACH PARTITION pc FOR VALUES FROM (5000) TO (6000)";
const std::string kChildCheck =
    "ALTER TABLE pc ADD CHECK (id IS NOT NULL AND id >= 5000 AND id < 6000)";

const Done kNothing{};
const Done kCatalogOnly{"t AccessExclusive", "", ""};
const Done kScan{"t AccessExclusive", "", "", "t"};
const Done kRewrite{"t AccessExclusive, t_* AccessExclusive", "t", "t_*", "t"};

}  // namespace

// PostgreSQL manual, "ALTER TABLE" and 13.3 "Explicit Locking"; of relations that neither names, as
// pg_locks has them.
const std::vector<Form>& forms() {
    static const std::vector<Form> kForms = {
        {"add_column", "", "ALTER TABLE t ADD COLUMN c int", kCatalogOnly},
        {"add_column_default", "", "ALTER TABLE t ADD COLUMN c int DEFAULT 7", kCatalogOnly},
        {"add_column_not_null_default", "", "ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT 7",
         kCatalogOnly},
        {"add_column_stable_default", "", "ALTER TABLE t ADD COLUMN c timestamptz DEFAULT now()",
         kCatalogOnly},
        {"add_column_volatile_default", "",
         "ALTER TABLE t ADD COLUMN c uuid DEFAULT gen_random_uuid()", kRewrite},
        {"add_column_bigserial",
         "",
         "ALTER TABLE t ADD COLUMN c bigserial",
         {"t AccessExclusive, t_c_seq AccessExclusive, t_* AccessExclusive", "t", "t_*", "t"}},
        {"add_column_identity",
         "",
         "ALTER TABLE t ADD COLUMN c int GENERATED ALWAYS AS IDENTITY",
         {"t AccessExclusive, t_c_seq AccessExclusive, t_* AccessExclusive", "t", "t_*", "t"}},
        {"add_column_stored_generated", "",
         "ALTER TABLE t ADD COLUMN c int GENERATED ALWAYS AS (n * 2) STORED", kRewrite},
        {"add_column_virtual_generated",
         "",
         "ALTER TABLE t ADD COLUMN c int GENERATED ALWAYS AS (n * 2) VIRTUAL",
         kCatalogOnly,
         Where::in_transaction,
         {},
         18},
        {"add_column_check", "", "ALTER TABLE t ADD COLUMN c int DEFAULT 7 CHECK (c > 0)", kScan},
        {"add_column_domain_with_check", "", "ALTER TABLE t ADD COLUMN c dpos", kRewrite},
        {"add_column_references",
         "",
         "ALTER TABLE t ADD COLUMN c int REFERENCES r",
         {"t AccessExclusive, r ShareRowExclusive", "", ""},
         Where::in_transaction,
         {{17, {"t AccessExclusive, r ShareRowExclusive, r_pkey AccessShare", "", ""}}}},
        {"add_column_references_default",
         "",
         "ALTER TABLE t ADD COLUMN c int DEFAULT 1 REFERENCES r",
         {"t AccessExclusive, t_* AccessShare, r ShareRowExclusive, r_pkey AccessShare", "", "",
          "r, t"}},
        {"add_column_unique",
         "",
         "ALTER TABLE t ADD COLUMN c int UNIQUE",
         {"t AccessExclusive, t_c_key AccessExclusive", "", "t_c_key", "t"}},
        {"drop_column", "", "ALTER TABLE t DROP COLUMN n", kCatalogOnly},
        {"drop_column_indexed",
         "",
         "ALTER TABLE t DROP COLUMN ivc",
         {"t AccessExclusive, t_ivc AccessExclusive", "", ""}},
        {"set_not_null", "", "ALTER TABLE t ALTER COLUMN nn SET NOT NULL", kScan},
        {"set_not_null_proved", kProof, "ALTER TABLE t ALTER COLUMN nn SET NOT NULL", kCatalogOnly},
        {"set_not_null_not_valid_check", kProof + " NOT VALID",
         "ALTER TABLE t ALTER COLUMN nn SET NOT NULL", kScan},
        {"add_not_null_not_valid",
         "",
         "ALTER TABLE t ADD CONSTRAINT nnn NOT NULL nn NOT VALID",
         kCatalogOnly,
         Where::in_transaction,
         {},
         18},
        {"validate_not_null",
         "ALTER TABLE t ADD CONSTRAINT nnn NOT NULL nn NOT VALID",
         "ALTER TABLE t VALIDATE CONSTRAINT nnn",
         {"t ShareUpdateExclusive", "", "", "t"},
         Where::in_transaction,
         {},
         18},
        {"drop_not_null", "ALTER TABLE t ALTER COLUMN nn SET NOT NULL",
         "ALTER TABLE t ALTER COLUMN nn DROP NOT NULL", kCatalogOnly},
        {"set_default", "", "ALTER TABLE t ALTER COLUMN n SET DEFAULT 3", kCatalogOnly},
        {"type_int_bigint", "", "ALTER TABLE t ALTER COLUMN n TYPE bigint", kRewrite},
        {"type_int_bigint_key", "", "ALTER TABLE t ALTER COLUMN id TYPE bigint", kRewrite},
        {"type_varchar_wider", "", "ALTER TABLE t ALTER COLUMN vc TYPE varchar(100)", kCatalogOnly},
        // The index is made anew in the catalog and keeps its file.
        {"type_varchar_wider_indexed",
         "",
         "ALTER TABLE t ALTER COLUMN ivc TYPE varchar(100)",
         {"t AccessExclusive, t_ivc AccessExclusive", "", ""}},
        {"type_varchar_narrower", "", "ALTER TABLE t ALTER COLUMN vc TYPE varchar(20)", kRewrite},
        {"type_varchar_text", "", "ALTER TABLE t ALTER COLUMN vc TYPE text", kCatalogOnly},
        {"type_varchar_text_indexed",
         "",
         "ALTER TABLE t ALTER COLUMN ivc TYPE text",
         {"t AccessExclusive, t_ivc AccessExclusive", "", ""}},
        {"type_text_varchar50", "", "ALTER TABLE t ALTER COLUMN txt TYPE varchar(50)", kRewrite},
        {"type_text_varchar", "", "ALTER TABLE t ALTER COLUMN txt TYPE varchar", kCatalogOnly},
        {"type_timestamptz_in_utc",
         in_zone("UTC"),
         "ALTER TABLE t ALTER COLUMN ts TYPE timestamptz",
         {"t AccessExclusive, t_ts AccessExclusive", "", "t_ts", "t"}},
        {"type_timestamptz_in_new_york", in_zone("America/New_York"),
         "ALTER TABLE t ALTER COLUMN ts TYPE timestamptz", kRewrite},
        {"type_numeric_wider", "", "ALTER TABLE t ALTER COLUMN num TYPE numeric(12,2)",
         kCatalogOnly},
        {"type_numeric_other_scale", "", "ALTER TABLE t ALTER COLUMN num TYPE numeric(12,4)",
         kRewrite},
        {"type_numeric_unlimited", "", "ALTER TABLE t ALTER COLUMN num TYPE numeric", kCatalogOnly},
        {"type_text_jsonb", "", "ALTER TABLE t ALTER COLUMN js TYPE jsonb USING js::jsonb",
         kRewrite},
        {"type_int_domain", "", "ALTER TABLE t ALTER COLUMN n TYPE dpos", kRewrite},
        {"type_of_checked_column", "ALTER TABLE t ADD CHECK (vc <> '')",
         "ALTER TABLE t ALTER COLUMN vc TYPE text", kScan},
        {"type_of_foreign_key_column",
         kFk,
         "ALTER TABLE t ALTER COLUMN n TYPE bigint",
         {"t AccessExclusive, t_* AccessExclusive, r AccessExclusive, r_pkey AccessShare", "t",
          "t_*", "r, t"}},
        {"add_foreign_key",
         "",
         kFk,
         {"t ShareRowExclusive, t_* AccessShare, r ShareRowExclusive, r_pkey AccessShare", "", "",
          "r, t"}},
        {"add_foreign_key_not_valid",
         "",
         kFk + " NOT VALID",
         {"t ShareRowExclusive, r ShareRowExclusive", "", ""},
         Where::in_transaction,
         {{17, {"t ShareRowExclusive, r ShareRowExclusive, r_pkey AccessShare", "", ""}}}},
        {"validate_foreign_key",
         kFk + " NOT VALID",
         "ALTER TABLE t VALIDATE CONSTRAINT fk",
         {"t ShareUpdateExclusive, t_* AccessShare, r RowShare, r_pkey AccessShare", "", "",
          "r, t"}},
        {"add_check", "", kCheck, kScan},
        {"add_check_not_valid", "", kCheck + " NOT VALID", kCatalogOnly},
        {"validate_check",
         kCheck + " NOT VALID",
         "ALTER TABLE t VALIDATE CONSTRAINT ck",
         {"t ShareUpdateExclusive", "", "", "t"}},
        {"drop_foreign_key",
         kFk,
         "ALTER TABLE t DROP CONSTRAINT fk",
         {"t AccessExclusive, r AccessExclusive", "", ""}},
        {"add_unique",
         "",
         "ALTER TABLE t ADD CONSTRAINT uq UNIQUE (nn)",
         {"t AccessExclusive, uq AccessExclusive", "", "uq", "t"}},
        {"add_unique_using_index",
         kUnique,
         "ALTER TABLE t ADD CONSTRAINT uq UNIQUE USING INDEX uq",
         {"t AccessExclusive, uq AccessShare", "", ""}},
        {"add_primary_key",
         kNoKey + "ALTER TABLE t ALTER id DROP NOT NULL",
         "ALTER TABLE t ADD PRIMARY KEY (id)",
         {"t AccessExclusive, t_pkey AccessExclusive", "", "t_pkey", "t"}},
        {"add_primary_key_using_index",
         kNoKey + kUnique + "; ALTER TABLE t ALTER nn SET NOT NULL",
         "ALTER TABLE t ADD CONSTRAINT uq PRIMARY KEY USING INDEX uq",
         {"t AccessExclusive, uq AccessShare", "", ""}},
        {"add_primary_key_using_index_nullable",
         kNoKey + kUnique,
         "ALTER TABLE t ADD CONSTRAINT uq PRIMARY KEY USING INDEX uq",
         {"t AccessExclusive, uq AccessShare", "", "", "t"}},
        {"add_exclude",
         "",
         "ALTER TABLE t ADD CONSTRAINT ex EXCLUDE USING gist (int4range(id, id + 1) WITH &&)",
         {"t AccessExclusive, ex AccessExclusive", "", "ex", "t"}},
        {"set_unlogged", "", "ALTER TABLE t SET UNLOGGED", kRewrite},
        {"set_logged", "ALTER TABLE t SET UNLOGGED", "ALTER TABLE t SET LOGGED", kRewrite},
        {"set_fillfactor",
         "",
         "ALTER TABLE t SET (fillfactor = 70)",
         {"t ShareUpdateExclusive", "", ""}},
        {"set_statistics",
         "",
         "ALTER TABLE t ALTER COLUMN n SET STATISTICS 500",
         {"t ShareUpdateExclusive", "", ""}},
        {"set_storage", "", "ALTER TABLE t ALTER COLUMN txt SET STORAGE EXTERNAL", kCatalogOnly},
        {"replica_identity", "", "ALTER TABLE t REPLICA IDENTITY FULL", kCatalogOnly},
        {"enable_row_level_security", "", "ALTER TABLE t ENABLE ROW LEVEL SECURITY", kCatalogOnly},
        {"rename_column", "", "ALTER TABLE t RENAME COLUMN n TO n2", kCatalogOnly},
        {"rename_table", "", "ALTER TABLE t RENAME TO t2", kCatalogOnly},
        {"cluster", "", "CLUSTER t USING t_ts", kRewrite, Where::in_files_transaction},
        {"vacuum_full", kMoreRows, "VACUUM FULL t", kRewrite, Where::alone},
        // Its file is new and empty: rehearse calls that no rewrite.
        {"truncate", "", "TRUNCATE t", {"t AccessExclusive, t_* AccessExclusive", "", ""}},
        {"attach_partition",
         "",
         kAttach,
         {"pc AccessExclusive, pt ShareUpdateExclusive, ptd AccessExclusive", "", "", "pc"}},
        {"attach_partition_checked",
         kChildCheck,
         kAttach,
         {"pc AccessExclusive, pt ShareUpdateExclusive, ptd AccessExclusive", "", ""}},
        {"attach_partition_all_checked",
         kChildCheck + "; ALTER TABLE ptd ADD CHECK (id < 5000)",
         kAttach,
         {"pc AccessExclusive, pt ShareUpdateExclusive, ptd AccessExclusive", "", ""}},
        {"detach_partition",
         "",
         "ALTER TABLE pt DETACH PARTITION p1",
         {"p1 ShareUpdateExclusive, pt AccessExclusive, ptd AccessExclusive", "", ""},
         Where::in_transaction,
         {{14, {"p1 AccessExclusive, pt AccessExclusive, ptd AccessExclusive", "", ""}}}},
        {"detach_partition_concurrently",
         "DROP TABLE ptd",
         "ALTER TABLE pt DETACH PARTITION p1 CONCURRENTLY",
         {"p1 AccessExclusive, pt ShareUpdateExclusive", "", ""},
         Where::alone_and_waiting,
         {},
         14},
        {"create_index",
         "",
         "CREATE INDEX i ON t (n)",
         {"t Share, i AccessExclusive", "", "i", "t"}},
        {"create_index_concurrently",
         "",
         "CREATE INDEX CONCURRENTLY i ON t (n)",
         {"t ShareUpdateExclusive, i AccessExclusive", "", "i"},
         Where::alone_and_waiting},
        {"drop_index",
         "",
         "DROP INDEX t_ivc",
         {"t AccessExclusive, t_ivc AccessExclusive", "", ""}},
        {"drop_index_concurrently",
         "",
         "DROP INDEX CONCURRENTLY t_ivc",
         {"t ShareUpdateExclusive, t_ivc AccessExclusive", "", ""},
         Where::alone_and_waiting},
        {"reindex_index",
         "",
         "REINDEX INDEX t_ivc",
         {"t Share, t_ivc AccessExclusive", "", "t_ivc", "t"},
         Where::in_files_transaction},
        {"reindex_index_concurrently",
         "",
         "REINDEX INDEX CONCURRENTLY t_ivc",
         {"t ShareUpdateExclusive, t_ivc AccessExclusive, t_ivc_ccold AccessExclusive, "
          "t_ivc_ccnew AccessExclusive",
          "", "t_ivc"},
         Where::alone_and_waiting},
        {"create_trigger",
         "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
         "CREATE TRIGGER tr AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
         {"t ShareRowExclusive", "", ""}},
        {"disable_trigger",
         "",
         "ALTER TABLE t DISABLE TRIGGER ALL",
         {"t ShareRowExclusive", "", ""}},
        {"alter_domain_add_check",
         "CREATE DOMAIN d AS integer; ALTER TABLE t ALTER COLUMN n TYPE d",
         "ALTER DOMAIN d ADD CHECK (VALUE > 0)",
         {"t Share", "", "", "t"}},
        {"refresh_materialized_view",
         "CREATE MATERIALIZED VIEW mv AS SELECT n FROM t",
         "REFRESH MATERIALIZED VIEW mv",
         {"t AccessShare, t_* AccessShare, mv AccessExclusive", "mv", "", "t"}},
        {"drop_table", "", "DROP TABLE t", {"t AccessExclusive, t_* AccessExclusive", "", ""}},
        {"comment_on_column",
         "",
         "COMMENT ON COLUMN t.n IS 'n'",
         {"t ShareUpdateExclusive", "", ""}},
        {"grant",
         "",
         "GRANT SELECT ON t TO PUBLIC",
         kNothing,
         Where::in_transaction,
         {{18, {"t AccessShare", "", ""}}}},
        {"update_all",
         "",
         "UPDATE t SET n = n + 1",
         {"t RowExclusive, t_* RowExclusive", "", "", "t"}},
        {"delete_some",
         "",
         "DELETE FROM t WHERE id <= 10",
         {"t RowExclusive, t_* RowExclusive", "", ""}},
    };
    return kForms;
}

const Done& Form::done_on(int major) const {
    const auto later = since.upper_bound(major);
    return later == since.begin() ? done : std::prev(later)->second;
}

void PrintTo(const Form& form, std::ostream* out) {
    *out << form.name << ": " << form.statement;
}

}  // namespace rehearse::test
