#include "rehearse/take/take.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/interrupt.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/snapshot/snapshot.hpp"

#include "support/local_postgres.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <future>
#include <mutex>

namespace rehearse::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

const std::string kPassword = "p@ss word'\"%";

// The real runner, which remembers what it was asked for.
class WatchedProcesses final : public process::ProcessRunner {
  public:
    process::ProcessResult run(const process::ProcessSpec& spec) override {
        note(spec);
        return real_->run(spec);
    }
    process::ProcessResult run_to_clean_up(const process::ProcessSpec& spec) override {
        note(spec);
        return real_->run_to_clean_up(spec);
    }
    std::unique_ptr<process::RunningProcess> start(const process::ProcessSpec& spec,
                                                   const fs::path& log, int death_signal) override {
        note(spec);
        return real_->start(spec, log, death_signal);
    }

    std::vector<process::ProcessSpec> specs;

  private:
    void note(const process::ProcessSpec& spec) {
        const std::lock_guard guard(mutex_);
        specs.push_back(spec);
    }

    std::mutex mutex_;
    std::unique_ptr<process::ProcessRunner> real_ = process::make_process_runner();
};

class Take : public PostgresTest {
  protected:
    void SetUp() override {
        PostgresTest::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        run_sql(
            "CREATE EXTENSION pg_stat_statements;\n"
            "CREATE TABLE users (id bigserial PRIMARY KEY, email text);\n"
            "INSERT INTO users (email) SELECT 'secret.person' || g FROM generate_series(1, 5000) "
            "g;\n"
            "CREATE SCHEMA billing;\n"
            "CREATE TABLE billing.invoices (id int);\n"
            "SELECT count(*) FROM users WHERE email = 'secret.person7';\n");
        options_.from = "host=" + server().address().host + " user=postgres dbname=" + database();
        options_.to = place_.path();
        options_.lock_wait_timeout = std::chrono::seconds(20);
        options_.tool_version = "0.1.0";
    }

    take::Taken take_it() { return take::take_snapshot(options_, runner_, progress_); }

    Error failure() {
        try {
            take_it();
        } catch (const Error& error) {
            return error;
        }
        return Error(ErrorKind::internal, "it was taken");
    }

    void as_role(const std::string& role, const std::string& rights) {
        run_sql("CREATE ROLE \"" + role + "\" LOGIN PASSWORD 'p@ss word''\"%';\n" + rights);
        options_.from =
            "host=" + server().address().host + " user='" + role + "' dbname=" + database();
        roles_.push_back(role);
    }

    void TearDown() override {
        for (const auto& role : roles_) {
            run_sql("DROP OWNED BY \"" + role + "\"; DROP ROLE \"" + role + "\";");
        }
        PostgresTest::TearDown();
    }

    std::vector<std::string> in_place() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(place_.path()))
            names.push_back(entry.path().filename());
        return names;
    }

    // A session that does something in an open transaction until it is destroyed.
    std::unique_ptr<process::RunningProcess> hold(const std::string& statement) {
        process::ProcessSpec psql;
        psql.program = "psql";
        psql.args = {"-XAtqc", "BEGIN; " + statement + "; SELECT pg_sleep(300)"};
        psql.env = {{"PGHOST", server().address().host},
                    {"PGUSER", "postgres"},
                    {"PGDATABASE", database()}};
        auto running = runner_.start(psql, place_.path() / "psql.log", SIGKILL);
        wait_until(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(300)' AND "
            "wait_event = 'PgSleep' AND datname = current_database()");
        return running;
    }

    void wait_until(const std::string& count) const {
        const auto deadline = Clock::now() + std::chrono::seconds(30);
        while (value_of(count) == "0") {
            if (Clock::now() > deadline) FAIL() << "never: " << count;
        }
    }

    TempDir place_{default_temp_folder(), "rehearse-test-take-" + std::to_string(getpid())};
    WatchedProcesses runner_;
    SilentProgress progress_;
    take::TakeOptions options_;
    std::vector<std::string> roles_;
};

json json_in(const fs::path& file) {
    return json::parse(read_file(file));
}

TEST_F(Take, WritesABundleThatIsASnapshot) {
    options_.name = "week";
    const auto taken = take_it();
    EXPECT_EQ(taken.bundle, place_.path() / "week");
    EXPECT_EQ(in_place(), std::vector<std::string>{"week"});

    const auto latest = snapshot::find_snapshot("latest", place_.path(), progress_);
    EXPECT_THAT(latest.skipped, IsEmpty());
    EXPECT_EQ(latest.snapshot.name, "week");
    EXPECT_EQ(latest.snapshot.format, snapshot::Format::directory);
    EXPECT_EQ(latest.snapshot.taken_at_source, "manifest");
    ASSERT_TRUE(latest.snapshot.manifest);
    EXPECT_EQ(latest.snapshot.manifest->database, database());
    EXPECT_EQ(latest.snapshot.manifest->system_identifier,
              value_of("SELECT system_identifier FROM pg_control_system()"));
    EXPECT_FALSE(latest.snapshot.manifest->from_replica);
    EXPECT_EQ(snapshot::content_fault(*latest.snapshot.manifest, taken.bundle, runner_), "");

    for (const auto& entry : fs::recursive_directory_iterator(taken.bundle)) {
        EXPECT_EQ(entry.status().permissions() & (fs::perms::group_all | fs::perms::others_all),
                  fs::perms::none)
            << entry.path();
    }
}

TEST_F(Take, TellsOfProductionsSettingsTrafficAndQueries) {
    run_sql("ALTER DATABASE " + database() + " SET work_mem = '7MB';\n" + "ALTER DATABASE " +
            database() + " SET app.secret = 'hush';\n" +
            "SET client_min_messages = error; ALTER ROLE postgres PASSWORD 'hush';\n"
            "ANALYZE users;\n");
    run_sql(
        "CREATE ROLE app; ALTER ROLE app SET app.key = 'hush'; ALTER ROLE app SET "
        "lock_timeout = '3s';\n");
    roles_.emplace_back("app");
    options_.from += " options='-c work_mem=9MB'";
    const auto bundle = take_it().bundle;
    const auto settings = json_in(bundle / "settings.json");
    EXPECT_EQ(settings["parameters"]["max_wal_size"]["unit"], "MB");
    EXPECT_EQ(settings["parameters"]["statement_timeout"]["value"], "0");
    EXPECT_EQ(settings["parameters"]["lock_timeout"]["value"], "0");
    // What the reader asked for is told as that.
    EXPECT_EQ(settings["parameters"]["work_mem"],
              json({{"value", "9216"}, {"unit", "kB"}, {"source", "client"}}));
    EXPECT_EQ(
        settings["overrides"],
        json::array(
            {{{"role", nullptr}, {"database", database()}, {"name", "work_mem"}, {"value", "7MB"}},
             {{"role", "app"}, {"database", nullptr}, {"name", "lock_timeout"}, {"value", "3s"}}}));

    const auto traffic = json_in(bundle / "traffic.json");
    ASSERT_THAT(traffic["tables"], SizeIs(2));
    EXPECT_EQ(traffic["tables"][0]["schema"], "billing");
    EXPECT_EQ(traffic["tables"][1]["live_rows"], 5000);
    EXPECT_GT(traffic["tables"][1]["table_bytes"], 100'000);

    const auto top = json_in(bundle / "top_queries.json");
    EXPECT_EQ(top["available"], true);
    EXPECT_THAT(top["queries"].dump(), HasSubstr("SELECT count(*) FROM users WHERE email = $1"));
    for (const auto& file : fs::directory_iterator(bundle)) {
        if (file.is_regular_file()) {
            EXPECT_THAT(read_file(file.path()), Not(HasSubstr("hush"))) << file.path();
        }
    }
    EXPECT_THAT(read_file(bundle / "roles.sql"),
                AllOf(HasSubstr("CREATE ROLE postgres"),
                      HasSubstr("ALTER ROLE app SET lock_timeout TO '3s'")));
    EXPECT_THAT(top.dump(), Not(HasSubstr("secret.person7")));
}

TEST_F(Take, WithoutTheExtensionSaysWhyThereAreNoQueries) {
    run_sql("DROP EXTENSION pg_stat_statements");
    const auto top = json_in(take_it().bundle / "top_queries.json");
    EXPECT_EQ(top["available"], false);
    EXPECT_THAT(top["reason"].get<std::string>(), HasSubstr("pg_stat_statements"));
}

TEST_F(Take, NamesTheRightsThatAreMissing) {
    as_role("poor reader", "REVOKE USAGE ON SCHEMA billing FROM public;");
    const auto error = failure();
    EXPECT_EQ(error.kind(), ErrorKind::snapshot);
    EXPECT_THAT(error.message(),
                HasSubstr("it lacks pg_monitor; USAGE on schema billing; SELECT on "
                          "billing.invoices, users; SELECT on sequence users_id_seq"));
    EXPECT_THAT(error.hints(),
                Contains(HasSubstr("GRANT pg_monitor, pg_read_all_data TO \"poor reader\";")));
    EXPECT_THAT(in_place(), IsEmpty());
    EXPECT_THAT(runner_.specs, IsEmpty());

    run_sql("GRANT pg_monitor, pg_read_all_data TO \"poor reader\"");
    take_it();

    run_sql("ALTER TABLE users ENABLE ROW LEVEL SECURITY");
    EXPECT_THAT(failure().hints(), Contains(HasSubstr("ALTER ROLE \"poor reader\" BYPASSRLS;")));
    run_sql("ALTER ROLE \"poor reader\" BYPASSRLS; SELECT lo_from_bytea(0, 'x');");
    EXPECT_THAT(failure().message(), HasSubstr("it lacks SELECT on 1 large objects"));
}

// pg_hba.conf asks this role for its password.
TEST_F(Take, KeepsThePasswordOutOfSight) {
    as_role("reader of all", "GRANT pg_monitor, pg_read_all_data TO \"reader of all\";");
    run_sql(
        "DO $$ BEGIN EXECUTE format('COPY (VALUES (''local all \"reader of all\" "
        "scram-sha-256''), (''local all,replication all trust'')) TO %L', "
        "current_setting('hba_file')); END "
        "$$;\nSELECT pg_reload_conf();\n");
    const auto deadline = Clock::now() + std::chrono::seconds(30);
    const std::string without = options_.from;
    Error refused = failure();
    while (refused.message() == "it was taken" && Clock::now() < deadline) refused = failure();
    EXPECT_THAT(refused.message(), HasSubstr("no password supplied"));
    EXPECT_THAT(refused.hints(), Contains(HasSubstr("PGPASSWORD")));

    options_.from =
        "postgres://reader%20of%20all:wrong@/" + database() + "?host=" + server().address().host;
    EXPECT_THAT(failure().message(), HasSubstr("password authentication failed"));

    runner_.specs.clear();
    options_.from = "postgres://reader%20of%20all:p%40ss%20word'%22%25@/" + database() +
                    "?host=" + server().address().host;
    options_.name = "with-password";
    const auto bundle = take_it().bundle;
    int with_password = 0;
    for (const auto& spec : runner_.specs) {
        EXPECT_THAT(join(spec.args, "\n"), AllOf(Not(HasSubstr("p@ss")), Not(HasSubstr("p%40"))));
        if (spec.env.contains("PGPASSWORD")) {
            EXPECT_EQ(spec.env.at("PGPASSWORD"), kPassword);
            ++with_password;
        }
    }
    EXPECT_EQ(with_password, 2);  // pg_dumpall and pg_dump
    for (const char* file : {"manifest.json", "settings.json", "roles.sql", "top_queries.json"})
        EXPECT_THAT(read_file(bundle / file), Not(HasSubstr("p@ss"))) << file;
}

TEST_F(Take, WritesNothingToProduction) {
    run_sql("ALTER SYSTEM SET autovacuum = off; SELECT pg_reload_conf();");
    // A transaction that writes anything takes the next number.
    const std::string next = "SELECT txid_snapshot_xmax(txid_current_snapshot())";
    const std::string before = value_of(next);
    take_it();
    EXPECT_EQ(value_of(next), before);
    for (const auto& spec : runner_.specs) {
        if (fs::path(spec.program).filename() != "pg_dump" || spec.args.front() == "--version")
            continue;
        EXPECT_THAT(spec.args, Contains(AllOf(HasSubstr("default_transaction_read_only=on"),
                                              HasSubstr("'rehearse snapshot'"))));
        EXPECT_THAT(spec.args, Contains("--lock-wait-timeout=20000"));
    }
    run_sql("ALTER SYSTEM RESET autovacuum; SELECT pg_reload_conf();");
}

TEST_F(Take, DoesNotWaitLongForALockedTable) {
    const auto holder = hold("LOCK TABLE users");
    options_.lock_wait_timeout = std::chrono::milliseconds(300);
    const auto error = failure();
    EXPECT_EQ(error.kind(), ErrorKind::snapshot);
    EXPECT_THAT(error.hints(), Contains(HasSubstr("--lock-wait-timeout")));
    EXPECT_THAT(in_place(), Contains("psql.log"));
    EXPECT_THAT(in_place(), SizeIs(1));
}

// pg_dump waits for a sequence that a transaction has dropped, a question of ours (for the tables'
// sizes) for a table that is locked.
TEST_F(Take, LeavesNothingWhenInterrupted) {
    run_sql("CREATE SEQUENCE numbers");
    Interrupt::install();
    for (const char* what : {"DROP SEQUENCE numbers", "LOCK TABLE users"}) {
        const auto holder = hold(what);
        auto interrupter = std::async(std::launch::async, [&] {
            wait_until(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rehearse "
                "snapshot' AND wait_event_type = 'Lock'");
            Interrupt::request();
        });
        const auto begin = Clock::now();
        const auto error = failure();
        EXPECT_LT(Clock::now() - begin, options_.lock_wait_timeout) << what;
        interrupter.get();
        Interrupt::reset();
        EXPECT_EQ(error.kind(), ErrorKind::interrupted) << what;
        EXPECT_THAT(in_place(), SizeIs(1)) << what;
        wait_until(
            "SELECT (NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'rehearse "
            "snapshot'))::int");
    }
}

TEST_F(Take, FromAReplica) {
    const auto replica = LocalPostgres::replica_of(server());
    options_.from = "host=" + replica->address().host + " user=postgres dbname=" + database();
    const auto taken = take_it();
    EXPECT_TRUE(taken.manifest.from_replica);
    EXPECT_EQ(taken.manifest.system_identifier,
              value_of("SELECT system_identifier FROM pg_control_system()"));
    const auto traffic = json_in(taken.bundle / "traffic.json");
    EXPECT_EQ(traffic["from_replica"], true);
    EXPECT_EQ(snapshot::read_snapshot(taken.bundle, progress_).archive->entries.empty(), false);
}

// libpq's programs take such a name for a connection string.
TEST_F(Take, ADatabaseMayHaveAnyName) {
    const std::string name = "host=nowhere it's";
    run_sql("CREATE DATABASE \"" + name + "\"");
    options_.from =
        "host=" + server().address().host + " user=postgres dbname='host=nowhere it\\'s'";
    EXPECT_EQ(take_it().manifest.database, name);
    run_sql("DROP DATABASE \"" + name + "\"");
}

TEST_F(Take, RefusesAPlaceBeforeItAsksProduction) {
    write_file_atomically(place_.path() / "file", "");
    options_.from = "host=/nowhere dbname=x";
    options_.to = place_.path() / "file";
    EXPECT_EQ(failure().kind(), ErrorKind::usage);
    EXPECT_THAT(failure().message(), HasSubstr("file is not a folder"));
    options_.to = place_.path();
    EXPECT_THAT(failure().message(), StartsWith("cannot connect to production: "));
    options_.name = "a/b";
    EXPECT_THAT(failure().message(), HasSubstr("--name"));
}

TEST_F(Take, SaysWhatToLookAtWhereItCannotConnect) {
    struct Row {
        const char* user;
        const char* dbname;
        const char* hint;
    };
    const std::vector<Row> rows{
        {"nobody_of_this_name", "postgres", "Look at the user in --from."},
        {"postgres", "nothing_of_this_name", "Look at the database in --from."},
    };
    for (const auto& [user, dbname, hint] : rows) {
        options_.from = "host=" + server().address().host + " user=" + user + " dbname=" + dbname;
        EXPECT_EQ(failure().kind(), ErrorKind::snapshot);
        EXPECT_THAT(failure().hints(), testing::ElementsAre(hint));
    }
    EXPECT_THAT(in_place(), IsEmpty());
}

TEST_F(Take, TwoAtOnceDoNotHurtEachOther) {
    auto other = std::async(std::launch::async, [this] { return take_it().bundle; });
    const auto one = take_it().bundle;
    const auto two = other.get();
    EXPECT_NE(one, two);
    for (const auto& bundle : {one, two}) {
        EXPECT_EQ(snapshot::content_fault(snapshot::read_manifest(bundle).value(), bundle, runner_),
                  "");
    }
    EXPECT_THAT(in_place(), SizeIs(2));
}

TEST_F(Take, ANameThatIsThereStays) {
    options_.name = "week";
    take_it();
    EXPECT_THAT(failure().message(), HasSubstr("week is there already"));
    EXPECT_EQ(in_place(), std::vector<std::string>{"week"});
}

}  // namespace
}  // namespace rehearse::test
