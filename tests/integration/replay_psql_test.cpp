#include "replay_fixture.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

namespace rehearse::test {
namespace {

using observe::MigrationObservation;

constexpr const char* kSetUp =
    "CREATE TABLE t(id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1);"
    "CREATE TABLE d(id int UNIQUE DEFERRABLE INITIALLY DEFERRED);"
    "CREATE PROCEDURE commits() LANGUAGE plpgsql AS 'BEGIN INSERT INTO t VALUES (90); COMMIT; "
    "INSERT INTO t VALUES (91); END';"
    "CREATE PROCEDURE fills() LANGUAGE plpgsql AS 'BEGIN INSERT INTO t SELECT max(id) + 1 FROM t; "
    "END';"
    "CREATE PROCEDURE may_commit() LANGUAGE plpgsql AS 'BEGIN DO $d$ BEGIN INSERT INTO t VALUES "
    "(80); COMMIT; END $d$; END';"
    "CREATE SEQUENCE s; CREATE TABLE parts(i int PRIMARY KEY) PARTITION BY LIST (i);"
    "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);";

using ReplayAsPsql = ReplayTest;

// What `psql -v ON_ERROR_STOP=1 -f` makes of a file, the replay makes of it, watched or not.
TEST_F(ReplayAsPsql, EndsAsPsqlEnds) {
    const char* files[] = {
        "CREATE TABLE x(i int);\nINSERT INTO x VALUES (1);\nALTER TABLE x ADD COLUMN c text "
        "DEFAULT 'c';\n",
        "INSERT INTO t VALUES (10);\nSELECT 1/0;\nINSERT INTO t VALUES (11);\n",
        "BEGIN;\nINSERT INTO t VALUES (10);\nSELECT 1/0;\nCOMMIT;\n",
        "BEGIN;\nINSERT INTO t VALUES (10);\n",
        "BEGIN;\nINSERT INTO t VALUES (10);\nCOMMIT AND CHAIN;\nINSERT INTO t VALUES (11);\n",
        "BEGIN;\nSAVEPOINT s;\nDROP TABLE t;\nROLLBACK TO s;\nINSERT INTO t VALUES (10);\nRELEASE "
        "s;\nCOMMIT;\n",
        "COMMIT;\nINSERT INTO t VALUES (10);\nROLLBACK;\nINSERT INTO t VALUES (11);\n",
        "CREATE INDEX CONCURRENTLY i ON t(n);\nDROP INDEX CONCURRENTLY i;\nVACUUM t;\nREINDEX "
        "TABLE CONCURRENTLY t;\n",
        "BEGIN;\nCREATE INDEX CONCURRENTLY i ON t(n);\nCOMMIT;\n",
        "INSERT INTO t VALUES (2, 1);\nCREATE UNIQUE INDEX CONCURRENTLY i ON t(n);\n",
        "SET LOCAL work_mem = '1MB';\nCREATE TABLE x AS SELECT current_setting('work_mem');\n",
        "SET work_mem = '1MB';\nCREATE TABLE x AS SELECT current_setting('work_mem');\n",
        "SET search_path = pg_temp;\nCREATE TABLE x(i int);\nRESET search_path;\nCREATE TABLE y(i "
        "int);\n",
        "SET TRANSACTION READ ONLY;\nINSERT INTO t VALUES (10);\n",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;\nINSERT INTO t VALUES (10);\n",
        "LOCK TABLE t;\nINSERT INTO t VALUES (10);\n",
        "INSERT INTO d VALUES (1);\nINSERT INTO d VALUES (1);\nINSERT INTO d VALUES (2);\n",
        "BEGIN;\nINSERT INTO d VALUES (1);\nINSERT INTO d VALUES (1);\nCOMMIT;\nINSERT INTO d "
        "VALUES (2);\n",
        "CALL commits();\nSELECT 1/0;\n",
        "BEGIN;\nCALL commits();\nCOMMIT;\n",
        "DO $$ BEGIN INSERT INTO t VALUES (10); COMMIT; INSERT INTO t VALUES (11); RAISE "
        "division_by_zero; END $$;\n",
        "DO $$ BEGIN CALL commits(); END $$;\n",
        "PREPARE q AS INSERT INTO t VALUES ($1);\nEXECUTE q(10);\nDEALLOCATE ALL;\nINSERT INTO t "
        "VALUES (11);\n",
        "CREATE TEMPORARY TABLE x(i int) ON COMMIT DROP;\nINSERT INTO x VALUES (1);\nINSERT INTO t "
        "VALUES (10);\n",
        "DISCARD ALL;\nINSERT INTO t VALUES (10);\n",
        "COPY t FROM STDIN;\n10\t10\n11\t\\N\n\\.\nINSERT INTO t VALUES (12);\n",
        "COPY t FROM STDIN;\n10\t10\nx\t1\n\\.\nINSERT INTO t VALUES (12);\n",
        "\\echo hello\n\\set ON_ERROR_STOP on\nINSERT INTO t VALUES (10);\n",
        "\xEF\xBB\xBFINSERT INTO t VALUES (10);\r\nINSERT INTO t VALUES (11);\r\n",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; "
        "END;\nINSERT INTO t VALUES (f());\n",
        "CREATE RULE r AS ON INSERT TO d DO ALSO (INSERT INTO t VALUES (70); INSERT INTO t VALUES "
        "(71));\n"
        "INSERT INTO d VALUES (1);\n",
        "INSERT INTO t VALUES (10);\nINSERT INTO t VALUE (11);\n",
        "ALTER SYSTEM RESET ALL;\n",
        "CREATE TABLE p(i int) PARTITION BY LIST (i);\nCREATE TABLE p1 PARTITION OF p FOR VALUES "
        "IN (1);\n"
        "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY;\n",
        "SELECT 1 WHERE false;\n;;\n-- only a comment\n",
        // After one change of the schema the block around the next is open ahead.
        "ALTER TABLE t ADD a int;\nCREATE INDEX CONCURRENTLY i ON t(a);\nALTER TABLE t ADD b "
        "int;\nVACUUM t;\nALTER TABLE t ADD c int;\nCALL commits();\n",
        "ALTER TABLE t ADD a int;\nSET LOCAL work_mem = '1MB';\nCREATE TABLE x AS SELECT "
        "current_setting('work_mem');\n",
        "ALTER TABLE t ADD a int;\nSET default_transaction_read_only = on;\nALTER TABLE t ADD b "
        "int;\n",
        "ALTER TABLE t ADD a int;\nCREATE TABLE x AS SELECT set_config('work_mem', '1MB', "
        "false);\nCREATE TABLE y AS SELECT current_setting('work_mem');\n",
        "ALTER TABLE t ADD a int;\nALTER TABLE t ADD a int;\nALTER TABLE t ADD b int;\n",
        "ALTER TABLE t ADD a int;\nBEGIN;\nALTER TABLE t ADD b int;\n",
        "ALTER TABLE t ADD a int;\nROLLBACK;\nSAVEPOINT s;\n",
        "ALTER TABLE t ADD a int;\nCALL fills();\nREINDEX TABLE t;\nCALL fills();\nCLUSTER t USING "
        "t_pkey;\nREINDEX INDEX t_pkey;\nCLUSTER t;\nCALL fills();\nALTER TABLE t ADD b int;\n",
        "ALTER TABLE t ADD a int;\nREINDEX TABLE parts;\nCLUSTER parts USING parts_pkey;\nREINDEX "
        "SCHEMA public;\nREINDEX TABLE pg_class;\nCALL fills();\n",
        "ALTER TABLE t ADD a int;\nCALL may_commit();\nCALL fills();\nCALL gone();\n",
        // What was refused in a block has not drawn from the sequence twice.
        "ALTER TABLE t ADD a int;\nDO $$ BEGIN INSERT INTO t VALUES (nextval('s') + 10); CALL "
        "may_commit(); END $$;\nINSERT INTO t VALUES (nextval('s') + 10);\n",
        "ALTER TABLE t ADD a int;\nDO $$ BEGIN INSERT INTO t VALUES (nextval('s') + 10); DO $d$ "
        "BEGIN PERFORM nextval('s'); COMMIT; END $d$; END $$;\nINSERT INTO t VALUES (nextval('s') "
        "+ "
        "10);\n",
        // psql's own language.
        "\\set n 10\nINSERT INTO t VALUES (:n, :'n');\n\\if :{?n}\nINSERT INTO t VALUES (11) "
        "\\g\n\\else\nSELECT 1/0;\n\\endif\n",
        "\\copy t from stdin\n10\t10\n\\.\nINSERT INTO t VALUES (12);\n\\q\nSELECT 1/0;\n",
        "INSERT INTO t VALUES (10)\\; INSERT INTO t VALUES (11);\nINSERT INTO t VALUES (12);\n",
        "INSERT INTO t VALUES (10)\\; INSERT INTO t VALUES (10);\nINSERT INTO t VALUES (11);\n",
        "BEGIN\\; INSERT INTO t VALUES (10);\nINSERT INTO t VALUES (11);\nCOMMIT;\n",
        "BEGIN;\nINSERT INTO t VALUES (10)\\; INSERT INTO t VALUES (11);\nCOMMIT\\; SELECT 1/0;\n",
        "ALTER TABLE t ADD a int;\nINSERT INTO t VALUES (10)\\; VACUUM t;\n",
        "ALTER TABLE t ADD a int;\nCOPY t FROM STDIN;\n10\t10\t10\n\\.\nALTER TABLE t ADD b "
        "int;\n",
    };
    const std::string by_psql = database();
    const std::string by_replay = server().create_database();
    for (const char* text : files) {
        reset(by_psql, kSetUp);
        const auto psql = server().run_client(
            "psql", {"-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"}, by_psql, text);
        const std::string expected = dump(by_psql);
        for (const bool observe : {true, false}) {
            reset(by_replay, kSetUp);
            replay::ReplayOptions options;
            options.observe = observe;
            const MigrationObservation seen = replay_on(by_replay, text, Mode::autocommit, options);
            EXPECT_EQ(seen.failure.has_value(), !psql.ok()) << text << psql.err;
            if (seen.failure) {
                EXPECT_THAT(psql.err, testing::HasSubstr("ERROR:  " + seen.failure->error.message))
                    << text;
            }
            EXPECT_EQ(dump(by_replay), expected) << text << (observe ? "watched" : "not watched");
        }
    }
    server().drop_database(by_replay);
}

TEST_F(ReplayAsPsql, NamesTheIncludedFileThatAStatementStandsIn) {
    run_sql(kSetUp);
    const TempDir folder(default_temp_folder(),
                         "rehearse-test-included-" + std::to_string(getpid()));
    const fs::path included = folder.path() / "rows.sql";
    write_file_atomically(included, "INSERT INTO t VALUES (10);\n\n  INSERT INTO t VALUES (1);\n");
    const MigrationObservation seen =
        replay_file("SELECT 1;\n\\i " + included.string() + "\n", Mode::autocommit);
    ASSERT_EQ(seen.statements.size(), 3U);
    EXPECT_EQ(seen.statements[0].included_file, "");
    EXPECT_EQ(seen.statements[1].included_file, included.string());
    EXPECT_EQ(seen.statements[1].position.line, 1);
    ASSERT_TRUE(seen.failure);
    EXPECT_EQ(seen.failure->included_file, included.string());
    EXPECT_EQ(seen.failure->position.line, 3);
}

}  // namespace
}  // namespace rehearse::test
