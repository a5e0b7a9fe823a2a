#include "rehearse/pg/performer_session.hpp"

#include "replay_fixture.hpp"

#include <gmock/gmock.h>

namespace rehearse::test {
namespace {

using observe::Evidence;
using observe::MigrationObservation;
using pg::LockMode;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kSetUp =
    "CREATE TABLE t(id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1);"
    "CREATE TABLE d(id int UNIQUE DEFERRABLE INITIALLY DEFERRED);"
    "CREATE TYPE e AS ENUM ('a');"
    "CREATE PROCEDURE commits() LANGUAGE plpgsql AS 'BEGIN INSERT INTO t VALUES (90); COMMIT; "
    "INSERT INTO t VALUES (91); END';";

std::vector<std::string> messages_of(const std::vector<pg::Notice>& notices) {
    std::vector<std::string> messages;
    for (const pg::Notice& notice : notices)
        messages.push_back(notice.severity + " " + notice.sqlstate.code + " " + notice.message);
    return messages;
}

std::vector<std::string> messages_of(const MigrationObservation& observation) {
    std::vector<pg::Notice> notices;
    for (const auto& statement : observation.statements)
        notices.insert(notices.end(), statement.notices.begin(), statement.notices.end());
    return messages_of(notices);
}

class ReplayWholeFile : public ReplayTest {
  protected:
    MigrationObservation replay_whole(const std::string& text) {
        return replay_file(text, Mode::whole_file_query);
    }
};

// What PostgreSQL does with a text of several statements (manual, 55.2.2.1). Each text
// is really sent as one Query to one database, and replayed statement by statement on another.
TEST_F(ReplayWholeFile, EndsAsTheWholeTextSentAsOneQueryEnds) {
    const char* texts[] = {
        "INSERT INTO t VALUES (10);",
        "-- nothing but a comment\n;;\n",
        "CREATE TABLE x(i int);\nINSERT INTO x VALUES (1);",
        // 1: CREATE INDEX CONCURRENTLY alone, with stray semicolons, and beside another statement.
        "CREATE INDEX CONCURRENTLY i ON t(n)",
        ";; -- alone\nCREATE INDEX CONCURRENTLY i ON t(n);;",
        "INSERT INTO t VALUES (10); CREATE INDEX CONCURRENTLY i ON t(n);",
        "CREATE INDEX CONCURRENTLY i ON t(n); INSERT INTO t VALUES (10);",
        "VACUUM t; INSERT INTO t VALUES (10);",
        "BEGIN; INSERT INTO t VALUES (10); COMMIT; CREATE INDEX CONCURRENTLY i ON t(n);",
        "ALTER TYPE e ADD VALUE 'b'; CREATE TABLE x(v e);",
        "ALTER TYPE e ADD VALUE 'b'; CREATE TABLE x(v e DEFAULT 'b'::e);",
        // 2: BEGIN adopts what came before it.
        "INSERT INTO t VALUES (10); BEGIN; INSERT INTO t VALUES (11); COMMIT; INSERT INTO t VALUES "
        "(12); SELECT 1/0;",
        "INSERT INTO t VALUES (10); BEGIN; INSERT INTO t VALUES (11); SELECT 1/0; COMMIT; INSERT "
        "INTO t VALUES (12);",
        "BEGIN; INSERT INTO t VALUES (10); ROLLBACK; INSERT INTO t VALUES (11);",
        "INSERT INTO t VALUES (10); COMMIT; INSERT INTO t VALUES (11); SELECT 1/0;",
        "INSERT INTO t VALUES (10); ROLLBACK; INSERT INTO t VALUES (11);",
        "INSERT INTO t VALUES (10); END; SELECT 1/0;",
        "COMMIT; INSERT INTO t VALUES (10); ROLLBACK; SELECT 1/0",
        "INSERT INTO t VALUES (10); COMMIT AND CHAIN; INSERT INTO t VALUES (11);",
        "BEGIN; INSERT INTO t VALUES (10); COMMIT AND CHAIN; INSERT INTO t VALUES (11); ROLLBACK;",
        "INSERT INTO t VALUES (10); BEGIN ISOLATION LEVEL SERIALIZABLE; INSERT INTO t VALUES (11); "
        "COMMIT;",
        "SET lock_timeout = '1s'; BEGIN READ ONLY; INSERT INTO t VALUES (11); COMMIT;",
        "BEGIN ISOLATION LEVEL SERIALIZABLE; CREATE TABLE x AS SELECT "
        "current_setting('transaction_isolation'); COMMIT;",
        "BEGIN; BEGIN; INSERT INTO t VALUES (10); COMMIT; INSERT INTO t VALUES (11); SELECT 1/0;",
        // 3: an implicit block is not an explicit one.
        "SET LOCAL lock_timeout = '1s'",
        "DROP TABLE IF EXISTS nothing; DROP TABLE IF EXISTS nothing;",
        "SET LOCAL work_mem = '1MB'; CREATE TABLE x AS SELECT current_setting('work_mem');",
        "LOCK TABLE t; INSERT INTO t VALUES (10);",
        "INSERT INTO t VALUES (10); SAVEPOINT s; INSERT INTO t VALUES (11);",
        "SAVEPOINT s; INSERT INTO t VALUES (11);",
        "INSERT INTO t VALUES (10); RELEASE SAVEPOINT s;",
        "INSERT INTO t VALUES (10); ROLLBACK TO SAVEPOINT s;",
        "BEGIN; SAVEPOINT s; INSERT INTO t VALUES (10); ROLLBACK TO s; INSERT INTO t VALUES (11); "
        "COMMIT;",
        "CALL commits();",
        "CALL commits(); INSERT INTO t VALUES (10);",
        "INSERT INTO t VALUES (10); DO 'BEGIN COMMIT; END';",
        "DECLARE c CURSOR FOR SELECT 1; FETCH c;",
        // 4: the whole text is parsed first; what a statement means is looked at when it runs.
        "INSERT INTO t VALUES (10); COMMIT; INSERT INTO t VALUES (11; INSERT INTO t VALUES (12);",
        "INSERT INTO t VALUES (10); COMMIT; INSERT INTO nothing VALUES (11);",
        "INSERT INTO t VALUES (10); COMMIT; FROBNICATE t;",
        "SELECT 'unknown escape \\' ; INSERT INTO t VALUES (10); COMMIT; INSERT INTO t VALUE (1)",
        "\xEF\xBB\xBFINSERT INTO t VALUES (10); INSERT INTO t VALUES (11);",
        "COPY t FROM STDIN;\n10\t10\n\\.\n",
        "INSERT INTO t VALUES (10);\n\\echo hello\nINSERT INTO t VALUES (11);",
        // 5
        "CREATE TABLE x AS SELECT statement_timestamp() AS at; INSERT INTO x SELECT "
        "statement_timestamp(); "
        "DELETE FROM x USING x AS y WHERE x.at = y.at;",
        // At the end.
        "INSERT INTO d VALUES (1); INSERT INTO d VALUES (1);",
        "INSERT INTO d VALUES (1); INSERT INTO d VALUES (1); DELETE FROM d WHERE ctid = '(0,1)';",
        "INSERT INTO t VALUES (10); INSERT INTO t VALUES (10);",
        "COPY (SELECT 1) TO STDOUT; INSERT INTO t VALUES (10);",
        "CREATE RULE r AS ON INSERT TO d DO ALSO (INSERT INTO t VALUES (70); INSERT INTO t VALUES "
        "(71)); "
        "INSERT INTO d VALUES (1);",
    };
    const std::string whole = database();
    const std::string by_parts = server().create_database();
    for (const char* text : texts) {
        reset(whole, kSetUp);
        reset(by_parts, kSetUp);
        const pg::ExecuteResult sent = pg::PerformerSession{server().address(whole)}.execute(text);
        const MigrationObservation seen = replay_on(by_parts, text, Mode::whole_file_query);
        EXPECT_EQ(failure_of(seen), sent.error ? sent.error->sqlstate.code : "") << text;
        if (seen.failure && sent.error) {
            EXPECT_EQ(seen.failure->error.message, sent.error->message) << text;
        }
        EXPECT_EQ(messages_of(seen), messages_of(sent.notices)) << text;
        EXPECT_EQ(dump(by_parts), dump(whole)) << text;
    }
    server().drop_database(by_parts);
}

TEST_F(ReplayWholeFile, ATransactionThatIsLeftOpenStopsTheTool) {
    run_sql(kSetUp);
    for (const char* text :
         {"BEGIN;", "BEGIN; INSERT INTO t VALUES (10);", "INSERT INTO t VALUES (10); BEGIN;"}) {
        const MigrationObservation seen = replay_whole(text);
        EXPECT_EQ(failure_of(seen), "25001") << text;
        EXPECT_THAT(seen.failure->error.message, HasSubstr("ends inside a transaction"));
    }
    EXPECT_EQ(value_of("SELECT count(*) FROM t"), "1");
}

TEST_F(ReplayWholeFile, LocksAreHeldToTheEndOfTheText) {
    run_sql(kSetUp);
    const MigrationObservation seen =
        replay_whole("ALTER TABLE t ADD COLUMN c int;\nSELECT pg_sleep(0.05);\nSELECT 1;\n");
    EXPECT_EQ(failure_of(seen), "");
    ASSERT_THAT(seen.statements, SizeIs(3));
    for (const auto& statement : seen.statements) EXPECT_EQ(statement.evidence, Evidence::exact);
    EXPECT_TRUE(seen.statements[2].commit_elapsed);
    bool found = false;
    for (const auto& hold : seen.holds) {
        if (hold.mode != LockMode::access_exclusive) continue;
        found = true;
        EXPECT_EQ(hold.acquired_by, 1U);
        EXPECT_GE(hold.held(), Millis{50});
        EXPECT_EQ(hold.released, seen.elapsed);
        EXPECT_THAT(hold.stretched_by, ElementsAre(2U, 3U));
    }
    EXPECT_TRUE(found);
}

TEST_F(ReplayWholeFile, ASyntaxErrorNamesItsPlaceAndNothingHasRun) {
    run_sql(kSetUp);
    const MigrationObservation seen = replay_whole(
        "INSERT INTO t VALUES (10);\nCOMMIT;\n\nINSERT INTO t\n  VALUES ('ü', 11 12);\n");
    ASSERT_TRUE(seen.failure);
    EXPECT_EQ(seen.failure->error.sqlstate.code, "42601");
    EXPECT_EQ(seen.failure->ordinal, 3U);
    EXPECT_EQ(seen.failure->position.line, 5);
    EXPECT_EQ(seen.failure->position.column, 19);
    EXPECT_EQ(value_of("SELECT count(*) FROM t"), "1");
    ASSERT_THAT(seen.statements, SizeIs(1));
    EXPECT_EQ(seen.statements[0].ordinal, 3U);
}

TEST_F(ReplayWholeFile, ALargeTextIsCheckedInPieces) {
    run_sql(kSetUp);
    std::string text;
    for (int i = 100; i < 20'000; ++i)
        text += "INSERT INTO t VALUES (" + std::to_string(i) + ");\n";
    const MigrationObservation seen = replay_whole(text + "INSERT INTO t VALUES (1,);\n");
    EXPECT_EQ(failure_of(seen), "42601");
    EXPECT_EQ(seen.failure->position.line, 19'901);
    EXPECT_EQ(value_of("SELECT count(*) FROM t"), "1");
}

TEST_F(ReplayWholeFile, TheHistoryIsWrittenOffTheClockAndAFailureLeavesItDirty) {
    run_sql(kSetUp);
    run_sql("CREATE TABLE schema_migrations(version bigint PRIMARY KEY, dirty boolean NOT NULL)");
    const auto with_history = [this](const std::string& text) {
        add_migration(text, Mode::whole_file_query);
        migrations::Migration& migration = migrations_.back();
        migration.record_before = {
            "TRUNCATE schema_migrations",
            "INSERT INTO schema_migrations VALUES (" + migration.version + ", true)"};
        migration.record_after = {
            "TRUNCATE schema_migrations",
            "INSERT INTO schema_migrations VALUES (" + migration.version + ", false)"};
        migration.after_failure =
            "the history says that version " + migration.version + " is dirty";
    };
    with_history("INSERT INTO t VALUES (10); INSERT INTO t VALUES (11);");
    with_history("INSERT INTO t VALUES (12); COMMIT; INSERT INTO t VALUES (12);");
    const replay::Observations all = replay_all();
    EXPECT_EQ(failure_of(all.migrations[0]), "");
    ASSERT_THAT(all.migrations[0].statements, SizeIs(2));
    for (const auto& hold : all.migrations[0].holds)
        EXPECT_NE(hold.relation.name, "schema_migrations");
    ASSERT_TRUE(all.migrations[1].failure);
    EXPECT_THAT(
        all.migrations[1].failure->left_behind,
        ElementsAre("1 earlier statement, which stays committed", HasSubstr("version 2 is dirty")));
    EXPECT_EQ(value_of("SELECT version || ' ' || dirty FROM schema_migrations"), "2 true");
}

TEST_F(ReplayWholeFile, OneSessionForAllFiles) {
    run_sql(kSetUp);
    add_migration("CREATE SCHEMA s; SET search_path = s;", Mode::whole_file_query);
    add_migration("CREATE TABLE here(i int);", Mode::whole_file_query);
    replay_all();
    EXPECT_EQ(value_of("SELECT to_regclass('s.here')"), "s.here");
}

TEST_F(ReplayWholeFile, AStatementInABlockWarnsAsTheServerWould) {
    run_sql(kSetUp);
    const MigrationObservation seen =
        replay_whole("INSERT INTO t VALUES (10);\nCOMMIT;\nINSERT INTO t VALUES (11);\n");
    ASSERT_THAT(seen.statements, SizeIs(3));
    ASSERT_THAT(seen.statements[1].notices, SizeIs(1));
    EXPECT_EQ(seen.statements[1].notices[0].message, "there is no transaction in progress");
}

TEST_F(ReplayWholeFile, OneTransactionAroundTheFile) {
    run_sql(kSetUp);
    const MigrationObservation good = replay_file(
        "INSERT INTO t VALUES (10);\nALTER TABLE t ADD COLUMN c int;\n", Mode::one_transaction);
    EXPECT_EQ(failure_of(good), "");
    EXPECT_TRUE(good.statements[1].commit_elapsed);
    EXPECT_EQ(good.elapsed, good.statements[0].elapsed + good.statements[1].elapsed +
                                *good.statements[1].commit_elapsed);
    const MigrationObservation bad =
        replay_file("INSERT INTO t VALUES (11);\nSELECT 1/0;\n", Mode::one_transaction);
    EXPECT_EQ(failure_of(bad), "22012");
    EXPECT_THAT(bad.failure->left_behind, IsEmpty());
    EXPECT_EQ(value_of("SELECT count(*) FROM t"), "2");
    // A COMMIT of the file's own ends the tool's transaction.
    const MigrationObservation inner = replay_file(
        "INSERT INTO t VALUES (12);\nCOMMIT;\nINSERT INTO t VALUES (13);\nSELECT 1/0;\n",
        Mode::one_transaction);
    EXPECT_EQ(failure_of(inner), "22012");
    EXPECT_THAT(inner.failure->left_behind,
                ElementsAre("2 earlier statements, which stay committed"));
    EXPECT_EQ(value_of("SELECT count(*) FROM t"), "4");
    // At COMMIT.
    const MigrationObservation late = replay_file(
        "INSERT INTO d VALUES (1);\nINSERT INTO d VALUES (1);\n", Mode::one_transaction);
    EXPECT_EQ(failure_of(late), "23505");
    EXPECT_EQ(late.failure->ordinal, 2U);
}

}  // namespace
}  // namespace rehearse::test
