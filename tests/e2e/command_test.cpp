// A tool's own command, played by the shell and psql. Compiled for the local engine and for docker.

#include "e2e/rehearse_test.hpp"
#include "support/local_postgres.hpp"

#include <sys/stat.h>

#include <csignal>
#include <cstdlib>

namespace rehearse::test {

namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr const char* kPsql = "psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 ";
constexpr const char* kHistory =
    "CREATE TABLE IF NOT EXISTS django_migrations (app text, name text);\n";

class Command : public RehearseTest {
  protected:
    // A file for psql -f, which sends a statement at a time.
    std::string psql_with(const std::string& sql) {
        const std::string name = "run" + std::to_string(++files_) + ".sql";
        sandbox_.write(name, sql);
        return kPsql + ("-f " + name);
    }

    Outcome& rehearse_command(const std::string& command, const Args& more = {},
                              const RunOptions& options = {}) {
        return run_rehearse(Args{"run", "--snapshot", snapshot("shop.dump"), "--command", command} +
                                engine_under_test() + more,
                            options);
    }

    json report_of(const std::string& command, const Args& more = {}) {
        const auto& run =
            rehearse_command(command, Args{"--format", "json", "--out", "out"} + more);
        if (run.exit_code > 1) ADD_FAILURE() << run.err;
        auto report = json::parse(run.out);
        // What the report warns of is told at once, too.
        expect_stderr_only(run, report.at("warnings").get<std::vector<std::string>>());
        return report;
    }

    std::string read(const std::string& name) const { return read_file(sandbox_.work() / name); }

  private:
    int files_ = 0;
};

std::string done(const std::string& name) {
    return "INSERT INTO django_migrations (app, name) VALUES ('shop', '" + name + "');\n";
}

const json& lock_on(const json& statement, const std::string& relation) {
    for (const auto& lock : statement.at("locks")) {
        if (lock.at("relation") == relation) return lock;
    }
    static const json kNone;
    return kNone;
}

}  // namespace

TEST_F(Command, ItsMigrationsAreTimedAndTheirLocksRead) {
    const auto report = report_of(
        psql_with(kHistory + std::string{"BEGIN;\nALTER TABLE users ADD COLUMN age int;\n"} +
                  "SELECT pg_sleep(0.2);\n" + done("0001_age") + "COMMIT;\nBEGIN;\n" +
                  "ALTER TABLE users ALTER COLUMN phone TYPE varchar(20);\n" + done("0002_phone") +
                  "COMMIT;\n"));
    EXPECT_THAT(labels_of(report), ElementsAre("ok", "ok"));
    EXPECT_THAT(versions_of(report), ElementsAre("shop.0001_age", "shop.0002_phone"));
    const auto& first = report.at("migrations").at(0);
    EXPECT_EQ(first.at("tool"), "django");
    EXPECT_EQ(first.at("transaction_mode"), "one_transaction");
    EXPECT_GE(first.at("elapsed_ms").get<double>(), 200);
    ASSERT_THAT(first.at("statements"), SizeIs(2));
    const auto& alter = first.at("statements").at(0);
    EXPECT_EQ(alter.at("sql"), "ALTER TABLE users ADD COLUMN age int;");
    EXPECT_EQ(alter.at("command_tag"), "ALTER TABLE");
    EXPECT_EQ(alter.at("evidence"), "exact");
    // The server's log and our reading have a clock each: on a busy machine the lock may be put to
    // the statement after it.
    const auto& own = lock_on(alter, "users");
    const auto& lock = own.is_null() ? lock_on(first.at("statements").at(1), "users") : own;
    ASSERT_FALSE(lock.is_null()) << first.dump(2);
    EXPECT_EQ(lock.at("mode"), "AccessExclusiveLock");
    EXPECT_EQ(lock.at("evidence"), "exact");
    // Until COMMIT, so through the sleep.
    EXPECT_GE(lock.at("held_ms").get<double>(), 200);
    EXPECT_EQ(first.at("blocking").at(0).at("relation"), "users");

    const auto& second = report.at("migrations").at(1);
    EXPECT_EQ(second.at("statements").at(0).at("rewrites").at(0).at("relation"), "users");
    bool is_found = false;
    for (const auto& finding : second.at("findings"))
        is_found = is_found || finding.at("rule") == "table-rewrite";
    EXPECT_TRUE(is_found) << second.at("findings").dump(2);
}

TEST_F(Command, WhatItRanAndPrintedIsKeptForTheTeamAlone) {
    report_of("echo to stdout; echo \"to stderr $DATABASE_URL $PGPASSWORD\" >&2; " +
              psql_with("ALTER TABLE users ADD COLUMN age int;\nSELECT 'and psql';\n"));
    const auto log = read("out/command.log");
    EXPECT_THAT(log,
                AllOf(HasSubstr("to stdout\n"), HasSubstr("to stderr postgresql://postgres:***"),
                      HasSubstr("/shop ***"), HasSubstr("and psql")));
    EXPECT_THAT(read("out/command.sql"), HasSubstr("ALTER TABLE users ADD COLUMN age int;"));
    for (const char* file : {"out/command.log", "out/command.sql"}) {
        struct stat found {};
        ASSERT_EQ(stat((sandbox_.work() / file).c_str(), &found), 0);
        EXPECT_EQ(found.st_mode & 0777, 0600U) << file;
    }
    EXPECT_THAT(read("out/schema-after.sql"), HasSubstr("age integer"));
    EXPECT_THAT(read("out/schema-before.sql"), Not(HasSubstr("age integer")));
}

TEST_F(Command, AMigrationThatFailsHasTheServersErrorAndTheExitCode) {
    const auto report =
        report_of(psql_with(kHistory + std::string{"ALTER TABLE users ADD COLUMN age int;\n"} +
                            done("0001_age") + "CREATE TABLE kept (x int);\n" +
                            "ALTER TABLE nowhere ADD COLUMN age int;\n" + done("0002_age")));
    EXPECT_THAT(labels_of(report), ElementsAre("ok", "failed"));
    const auto& failed = report.at("migrations").at(1);
    EXPECT_EQ(failed.at("version"), "the next after shop.0001_age");
    EXPECT_EQ(failed.at("error").at("sqlstate"), "42P01");
    EXPECT_THAT(failed.at("error").at("detail"), HasSubstr("nowhere"));
    EXPECT_THAT(failed.at("error").at("left_behind"),
                ElementsAre("1 earlier statement, which stays committed"));
    EXPECT_EQ(failed.at("error").at("statement"), 2);
    EXPECT_THAT(report.at("warnings").dump(), HasSubstr("exit code 3"));
}

TEST_F(Command, WhatAFailureRollsBackIsSaid) {
    const auto report = report_of(
        psql_with(kHistory + std::string{"BEGIN;\nALTER TABLE users ADD COLUMN age int;\n"} +
                  done("0001_age") + "ALTER TABLE nowhere ADD COLUMN age int;\nCOMMIT;\n"));
    EXPECT_THAT(labels_of(report), ElementsAre("ok", "failed"));
    EXPECT_THAT(report.at("migrations").at(1).at("error").at("left_behind"), IsEmpty());
    EXPECT_THAT(report.at("warnings").dump(), HasSubstr("shop.0001_age ran, but was rolled back"));
}

TEST_F(Command, AnExitCodeAloneIsAFailure) {
    const auto& run = rehearse_command(psql_with("CREATE TABLE kept (x int);\n") + "; exit 7");
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_THAT(run.out, HasSubstr("the command ended with exit code 7"));
    expect_stderr_only(run, {"the command ended with exit code 7; its output is in command.log"});
}

TEST_F(Command, AStatementThatRunsPastTheLimitIsToBeRethought) {
    const auto& run = rehearse_command(psql_with("LOCK TABLE users;\n") + "; " +
                                           psql_with("SELECT pg_sleep(1000) FROM users LIMIT 1;\n"),
                                       {"--command-timeout", "3s", "--format", "json"});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_THAT(labels_of(json::parse(run.out)), ElementsAre("rethink"));
    expect_stderr_only(run, {"did not end within 3 s and was ended"});
}

TEST_F(Command, OneThatHangsOnItsOwnIsFailed) {
    const auto& run = rehearse_command(psql_with("CREATE TABLE a (x int);\n") + "; sleep 1000",
                                       {"--command-timeout", "3s", "--format", "json"});
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_THAT(labels_of(json::parse(run.out)), ElementsAre("failed"));
    EXPECT_LT(run.elapsed, std::chrono::minutes(5));
    expect_stderr_only(run, {"did not end within 3 s and was ended"});
}

TEST_F(Command, OneThatGoesElsewhereIsFoundOut) {
    auto* elsewhere = LocalPostgres::instance();
    if (elsewhere == nullptr) REHEARSE_SKIP_OR_FAIL(LocalPostgres::why_not());
    const auto there = elsewhere->address();
    const auto& run = rehearse_command(
        "PGPASSWORD= PGHOST=" + there.host + " PGPORT=" + std::to_string(there.port) +
        " psql -d postgres -c " + "'CREATE TABLE went_astray (x int)'");
    EXPECT_EQ(run.exit_code, 5);
    EXPECT_THAT(run.out, IsEmpty());
    expect_stderr_only(run, {"rehearse: error: the command ended well, but never came to the "
                             "scratch: what it did, it did elsewhere"});
    const auto found = elsewhere->run_client("psql", {"-c", "DROP TABLE went_astray"}, "postgres");
    EXPECT_TRUE(found.ok()) << "the test went nowhere: " << found.err;
}

TEST_F(Command, AnotherDatabaseOfTheScratchIsFoundOut) {
    const auto& run = rehearse_command("psql -d postgres -c 'CREATE TABLE x (x int)'");
    EXPECT_EQ(run.exit_code, 5);
    expect_stderr_only(run, {"rehearse: error: the command ran its statements in the scratch's "
                             "database postgres, and none in shop"});
}

TEST_F(Command, OneThatNeverConnectsIsAnError) {
    const auto& run = rehearse_command("echo no such task >&2; exit 127");
    EXPECT_EQ(run.exit_code, 5);
    EXPECT_THAT(run.err, HasSubstr("no such task"));
    expect_stderr_only(run, {"rehearse: error: the command ended with exit code 127 before it came "
                             "to the scratch"});
}

TEST_F(Command, WithNothingToDoNothingWasPending) {
    const auto& run = rehearse_command(psql_with("SELECT version();\nSELECT id FROM users;\n"));
    EXPECT_EQ(run.exit_code, 0);
    expect_stderr_only(run, {"changed nothing: nothing was pending"});
}

// Others on this host can find the port.
TEST_F(Command, NobodyComesInWithoutThePassword) {
    const auto& run = rehearse_command(
        "PGPASSWORD= psql --no-password -c 'CREATE TABLE a (x int)' || "
        "PGPASSWORD=guess psql -c 'CREATE TABLE b (x int)' || true");
    EXPECT_EQ(run.exit_code, 5);
    expect_stderr_only(run, {"rehearse: error: the command found the scratch, but was not let in"});
}

TEST_F(Command, TheUsersOwnAddressesDoNotReachIt) {
    RunOptions options;
    options.env = {{"PGHOST", "/nowhere"},
                   {"PGSERVICE", "production"},
                   {"DATABASE_URL", "postgres://prod.example/shop"},
                   {"REPLICA", "postgres://replica.example/shop"},
                   {"KEPT", "yes"}};
    const auto& run =
        rehearse_command("test -z \"$REPLICA$PGSERVICE\" && test \"$KEPT\" = yes && " +
                             std::string{kPsql} + "\"$DATABASE_URL\" -c 'CREATE TABLE a (x int)'",
                         {}, options);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    expect_stderr_only(run, {"the command does not see REPLICA"});
}

TEST_F(Command, WhatItLeavesInTheBackgroundEndsWithIt) {
    const auto& run = rehearse_command(
        psql_with("CREATE TABLE a (x int);\n") +
        "; setsid sleep 1000 >/dev/null 2>&1 & setsid psql -c 'SELECT pg_sleep(1000)' & sleep 1");
    EXPECT_EQ(run.exit_code, 0) << run.err;
}

TEST_F(Command, CtrlCEndsIt) {
    RunOptions options;
    options.when_stderr_says = "running ";
    options.then = [this](pid_t rehearse) {
        backend_that_runs("SELECT");
        kill(rehearse, SIGINT);
    };
    const auto& run = rehearse_command(
        "setsid sleep 1000 & " + psql_with("SELECT pg_sleep(1000) FROM users;\n"), {}, options);
    EXPECT_EQ(run.exit_code, 130);
    EXPECT_THAT(run.out, IsEmpty());
    expect_stderr_only(run, {"rehearse: error: interrupted"});
}

TEST_F(Command, AKilledRehearsalLeavesNoServerBehind) {
    RunOptions options;
    options.when_stderr_says = "running ";
    options.then = [this](pid_t rehearse) {
        backend_that_runs("SELECT");
        kill(rehearse, SIGKILL);
    };
    const auto& run =
        rehearse_command(psql_with("SELECT pg_sleep(1000) FROM users;\n"), {}, options);
    EXPECT_EQ(run.exit_code, 137);
    run_rehearse({"gc"});
}

TEST_F(Command, AnIndexThatIsBuiltConcurrentlyIsSampled) {
    const auto report =
        report_of(psql_with("CREATE FUNCTION slow(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS "
                            "$$BEGIN PERFORM pg_sleep(0.0002); RETURN $1; END$$;\n"
                            "CREATE INDEX CONCURRENTLY by_phone ON users (slow(phone));\n"));
    const auto& statement = report.at("migrations").at(0).at("statements").at(1);
    const auto& lock = lock_on(statement, "users");
    ASSERT_FALSE(lock.is_null()) << statement.dump(2);
    EXPECT_EQ(lock.at("mode"), "ShareUpdateExclusiveLock");
    EXPECT_EQ(lock.at("evidence"), "sampled");
}

TEST_F(Command, EnforcedTimeoutsHoldForIt) {
    const auto report = report_of(psql_with("SELECT pg_sleep(0), set_config('x.y', "
                                            "current_setting('statement_timeout'), false);\n"
                                            "CREATE TABLE a AS SELECT "
                                            "current_setting('lock_timeout') AS setting;\n"
                                            "DO $$ BEGIN IF (SELECT setting FROM a) <> '5s' THEN "
                                            "RAISE 'not enforced'; END IF; END $$;\n"),
                                  {"--enforce-timeouts"});
    EXPECT_THAT(labels_of(report), ElementsAre("ok"));
}

TEST_F(Command, TakesNoOptionAboutFiles) {
    for (const char* option : {"--migrations", "--tool", "--until", "--only", "--since"}) {
        const auto& run = run_rehearse({"run", "--command", "true", option, "x"});
        EXPECT_EQ(run.exit_code, 2) << option;
        expect_stderr_only(run, {std::string{"rehearse: error: --command takes no "} + option});
    }
    const auto& pending = run_rehearse({"pending", "--command", "true"});
    EXPECT_EQ(pending.exit_code, 2);
    expect_stderr_only(pending, {"rehearse: error: 'rehearse pending' takes no --command"});
}

}  // namespace rehearse::test
