#include "rehearse/base/error.hpp"
#include "rehearse/migrations/migration.hpp"

#include "support/folder_fixture.hpp"
#include "support/local_postgres.hpp"

#include <gmock/gmock.h>

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Severity = SourceFinding::Severity;

// What pending() says about a history in a real database.
class PendingMigrations : public test::PostgresTest {
  protected:
    void SetUp() override {
        PostgresTest::SetUp();
        for (const char* file : {"000001_a.up.sql", "000001_a.down.sql", "000002_b.up.sql",
                                 "000003_c.down.sql", "000010_d.up.sql"})
            folder_.write(file);
        options_.folder = folder_.folder();
    }
    Pending pending() const {
        pg::AdminSession session(where());
        return open_source(options_)->pending(session);
    }
    void make_history(const std::string& table, const std::string& rows) const {
        run_sql("CREATE TABLE IF NOT EXISTS users (id int); CREATE TABLE " + table +
                " (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL);" +
                (rows.empty() ? "" : "INSERT INTO " + table + " VALUES " + rows));
    }
    static std::vector<std::string> versions(const Pending& pending) {
        std::vector<std::string> all;
        for (const auto& one : pending.migrations) all.push_back(one.version);
        return all;
    }
    // The worst of them; the notes that the folder always has are left out.
    static std::vector<SourceFinding> beyond_notes(const Pending& pending) {
        std::vector<SourceFinding> found;
        for (const auto& one : pending.findings) {
            if (one.severity != Severity::note) found.push_back(one);
        }
        return found;
    }
    static SourceFinding refusal_of(const Pending& pending) {
        const auto found = beyond_notes(pending);
        EXPECT_EQ(found.size(), 1U);
        EXPECT_THAT(pending.migrations, IsEmpty());
        if (found.empty()) return {};
        EXPECT_EQ(found.front().severity, Severity::refusal);
        EXPECT_FALSE(found.front().hint.empty()) << found.front().message;
        return found.front();
    }
    // What the migration's own history writes leave in the table.
    std::string after(const std::vector<std::string>& writes, const std::string& table) const {
        for (const std::string& sql : writes) run_sql(sql);
        return value_of("SELECT string_agg(t::text, ' ') FROM " + table + " t");
    }

    test::FilledFolder folder_;
    SourceOptions options_;
};

using GolangMigrateHistory = PendingMigrations;

TEST_F(GolangMigrateHistory, LeavesWhatIsAboveTheRowPending) {
    make_history("schema_migrations", "(2, false)");
    const auto found = pending();
    EXPECT_THAT(versions(found), ElementsAre("000010"));
    EXPECT_EQ(found.applied, 2U);
    EXPECT_EQ(found.history, "schema_migrations");
    EXPECT_THAT(beyond_notes(found), IsEmpty());
}

TEST_F(GolangMigrateHistory, CountsAVersionWithoutAnUpFile) {
    make_history("schema_migrations", "(3, false)");
    EXPECT_EQ(pending().applied, 3U);
    EXPECT_THAT(versions(pending()), ElementsAre("000010"));
}

TEST_F(GolangMigrateHistory, WritesItsRowsAsTheToolDoes) {
    make_history("schema_migrations", "(2, false)");
    const auto migration = pending().migrations.at(0);
    EXPECT_EQ(after(migration.record_before, "schema_migrations"), "(10,t)");
    EXPECT_EQ(after(migration.record_after, "schema_migrations"), "(10,f)");
    EXPECT_THAT(pending().migrations, IsEmpty());
}

TEST_F(GolangMigrateHistory, IsFoundInAnySchemaByItsColumns) {
    run_sql(R"(CREATE SCHEMA auth; CREATE TABLE auth.schema_migrations (version varchar(255));
               CREATE SCHEMA realtime;
               CREATE TABLE realtime.schema_migrations (version bigint, inserted_at timestamp);
               CREATE SCHEMA "Odd ""Schema""")");
    make_history(R"("Odd ""Schema""".schema_migrations)", "(1, false)");
    const auto found = pending();
    EXPECT_EQ(found.history, R"("Odd ""Schema""".schema_migrations)");
    EXPECT_THAT(versions(found), ElementsAre("000002", "000010"));
    EXPECT_EQ(after(found.migrations[0].record_before, found.history), "(2,t)");
}

TEST_F(GolangMigrateHistory, MayHaveAnotherName) {
    make_history(R"("My ""own"".Migrations")", "(1, false)");
    make_history("schema_migrations", "(2, false)");
    options_.history_table = R"("My ""own"".Migrations")";
    const auto found = pending();
    EXPECT_EQ(versions(found).size(), 2U);
    EXPECT_EQ(found.history, options_.history_table);
    EXPECT_EQ(after(found.migrations[0].record_after, found.history), "(2,f)");
    options_.history_table = R"(public."My ""own"".Migrations")";
    EXPECT_EQ(versions(pending()).size(), 1U);
    options_.history_table = "billing.migrations";
    EXPECT_THAT(refusal_of(pending()).message, HasSubstr("no table billing.migrations"));
    options_.history_table = "a.b.c";
    EXPECT_THROW(pending(), Error);
}

TEST_F(GolangMigrateHistory, IsNotGuessedBetweenTwo) {
    run_sql("CREATE SCHEMA billing");
    make_history("schema_migrations", "(1, false)");
    make_history("billing.schema_migrations", "(2, false)");
    EXPECT_THAT(refusal_of(pending()).message, AllOf(HasSubstr("public.schema_migrations"),
                                                     HasSubstr("billing.schema_migrations")));
    options_.history_table = "billing.schema_migrations";
    EXPECT_THAT(versions(pending()), ElementsAre("000010"));
}

// Only the histories tell sqlx' reversible files from golang-migrate's.
TEST_F(PendingMigrations, ALookAlikeIsKnownByItsHistory) {
    run_sql(
        "CREATE TABLE users (id int); CREATE TABLE _sqlx_migrations (version bigint PRIMARY "
        "KEY, description text, installed_on timestamptz, success boolean, checksum bytea, "
        "execution_time bigint)");
    pg::AdminSession session(where());
    const auto by_history = [&] {
        return open_by_history(*open_source(options_), options_, *history_in(session));
    };
    EXPECT_EQ(by_history(), nullptr);
    run_sql("INSERT INTO _sqlx_migrations VALUES (1, 'a', now(), true, 'x', 1)");
    ASSERT_NE(by_history(), nullptr);
    EXPECT_EQ(by_history()->tool(), "sqlx");
    make_history("schema_migrations", "(2, false)");
    EXPECT_EQ(by_history(), nullptr);
    run_sql("DROP TABLE schema_migrations");
    options_.tool = "golang-migrate";
    EXPECT_EQ(by_history(), nullptr);
}

TEST_F(GolangMigrateHistory, RefusesWhatTheToolRefuses) {
    make_history("schema_migrations", "(2, true)");
    EXPECT_EQ(refusal_of(pending()).message, "Dirty database version 2. Fix and force version.");
    run_sql("UPDATE schema_migrations SET version = 7, dirty = false");
    EXPECT_EQ(refusal_of(pending()).message, "no migration found for version 7");
    run_sql("INSERT INTO schema_migrations VALUES (8, false)");
    EXPECT_THAT(refusal_of(pending()).message, HasSubstr("has 2 rows"));
}

TEST_F(GolangMigrateHistory, RefusesAnotherToolsTable) {
    run_sql("CREATE TABLE schema_migrations (version varchar(255) PRIMARY KEY)");
    EXPECT_THAT(refusal_of(pending()).message, HasSubstr("not golang-migrate's history"));
}

TEST_F(GolangMigrateHistory, MayBeMissingInAnEmptyDatabase) {
    const auto found = pending();
    EXPECT_THAT(versions(found), ElementsAre("000001", "000002", "000010"));
    EXPECT_EQ(found.applied, 0U);
    EXPECT_EQ(found.history, "");
    EXPECT_THAT(beyond_notes(found), IsEmpty());
    EXPECT_EQ(after(found.migrations[0].record_before, "public.schema_migrations"), "(1,t)");
    EXPECT_EQ(after(found.migrations[1].record_before, "public.schema_migrations"), "(2,t)");
}

TEST_F(GolangMigrateHistory, IsMissedWhereThereAreTables) {
    run_sql("CREATE TABLE users (id int)");
    EXPECT_THAT(refusal_of(pending()).message,
                HasSubstr("no history of golang-migrate (schema_migrations)"));
    EXPECT_THAT(refusal_of(pending()).hint, HasSubstr("--pending-from"));
    run_sql("CREATE TABLE goose_db_version (id int, version_id bigint, is_applied bool)");
    EXPECT_THAT(refusal_of(pending()).hint, HasSubstr("goose's goose_db_version"));
    options_.pending_from = "2";
    EXPECT_THAT(versions(pending()), ElementsAre("000002", "000010"));
    EXPECT_THAT(beyond_notes(pending()), IsEmpty());
}

TEST_F(GolangMigrateHistory, IsNotBelievedWhenItIsEmptyBesideTables) {
    make_history("schema_migrations", "");
    EXPECT_THAT(refusal_of(pending()).hint, HasSubstr("--pending-from"));
    options_.pending_from = "10";
    EXPECT_THAT(versions(pending()), ElementsAre("000010"));
    EXPECT_EQ(pending().applied, 3U);
}

TEST_F(GolangMigrateHistory, WinsOverPendingFrom) {
    make_history("schema_migrations", "(2, false)");
    options_.pending_from = "1";
    EXPECT_THAT(versions(pending()), ElementsAre("000010"));
    ASSERT_EQ(beyond_notes(pending()).size(), 1U);
    EXPECT_EQ(beyond_notes(pending())[0].severity, Severity::warning);
}

TEST_F(GolangMigrateHistory, TellsOfANewFileThatTheToolWillSkip) {
    make_history("schema_migrations", "(10, false)");
    options_.added = {folder_.folder() / "000002_b.up.sql", folder_.folder() / "000003_c.down.sql"};
    const auto found = beyond_notes(pending());
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].severity, Severity::warning);
    EXPECT_EQ(found[0].version, "000002");
    EXPECT_THAT(found[0].message, HasSubstr("skips it"));
    EXPECT_EQ(found[0].hint, "Give it a number above 10.");
}

class PlainPending : public PendingMigrations {
  protected:
    void SetUp() override {
        PendingMigrations::SetUp();
        options_.tool = "plain";
        folder_.write("0005 notes.txt");
        folder_.write("seed.sql");
        run_sql("CREATE TABLE users (id int)");
    }
};

TEST_F(PlainPending, IsEverythingWhereNothingSaysMore) {
    const auto found = pending();
    EXPECT_THAT(versions(found), ElementsAre("000001", "000002", "000010"));
    ASSERT_EQ(beyond_notes(found).size(), 1U);
    EXPECT_THAT(beyond_notes(found)[0].hint, HasSubstr("--history-query"));
    run_sql("DROP TABLE users");
    EXPECT_THAT(beyond_notes(pending()), IsEmpty());
}

TEST_F(PlainPending, NotesFilesThatItDoesNotRun) {
    std::vector<std::string> messages;
    for (const auto& one : pending().findings) messages.push_back(one.message);
    EXPECT_THAT(messages, testing::Contains("not taken for migrations: seed.sql"));
    EXPECT_THAT(messages, testing::Contains(HasSubstr("000003_c.down.sql")));
}

TEST_F(PlainPending, BeginsWhereItIsTold) {
    options_.pending_from = "2";
    EXPECT_THAT(versions(pending()), ElementsAre("000002", "000010"));
    EXPECT_EQ(pending().applied, 1U);
    EXPECT_THAT(beyond_notes(pending()), IsEmpty());
}

TEST_F(PlainPending, IsWhatTheQueryDoesNotName) {
    run_sql("CREATE TABLE done (version text); INSERT INTO done VALUES ('1'), ('000010_d.up.sql')");
    options_.history_query = "SELECT version FROM done";
    const auto found = pending();
    EXPECT_THAT(versions(found), ElementsAre("000002"));
    EXPECT_EQ(found.applied, 2U);
    ASSERT_EQ(beyond_notes(found).size(), 1U);
    EXPECT_EQ(beyond_notes(found)[0].message, "not applied although 000010 is");

    run_sql("INSERT INTO done VALUES ('2'), ('99')");
    EXPECT_THAT(pending().migrations, IsEmpty());
    EXPECT_THAT(beyond_notes(pending()).at(0).message, HasSubstr("99"));

    run_sql("TRUNCATE done");
    EXPECT_EQ(versions(pending()).size(), 3U);
    EXPECT_THAT(beyond_notes(pending()).at(0).message, HasSubstr("names no version"));
}

TEST_F(PlainPending, SaysWhenTheQueryFails) {
    options_.history_query = "SELECT version FROM nowhere";
    try {
        pending();
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::usage);
        EXPECT_THAT(error.message(), HasSubstr("nowhere"));
        EXPECT_THAT(error.hints(), testing::Contains(HasSubstr("--history-query")));
    }
}

TEST_F(PlainPending, IsWhatTheChangeAdds) {
    options_.added = {fs::canonical(folder_.folder()) / "000010_d.up.sql"};
    EXPECT_THAT(versions(pending()), ElementsAre("000010"));
    EXPECT_THAT(beyond_notes(pending()), IsEmpty());
}

}  // namespace
}  // namespace rehearse::migrations
