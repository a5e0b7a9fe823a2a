// The tools whose migrations are code, themselves, through --command. Each is skipped where it is
// not installed: scripts/install-build-packages tests (Django, Alembic),
// scripts/install-migration-tools (Knex, TypeORM).

#include "rehearse/base/error.hpp"
#include "rehearse/process/process.hpp"

#include "e2e/rehearse_test.hpp"

#include <cstdlib>

namespace rehearse::test {

namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

bool python_has(const std::string& module) {
    process::ProcessSpec spec;
    spec.program = "/usr/bin/python3";
    spec.args = {"-c", "import psycopg2, " + module};
    try {
        return process::make_process_runner()->run(spec).ok();
    } catch (const Error&) {
        return false;
    }
}

class CommandTools : public RehearseTest {
  protected:
    json rehearse_command(const std::string& command, int exit_code = 0,
                          const std::vector<std::string>& on_stderr = {}) {
        const auto& run = run_rehearse(Args{"run", "--snapshot", snapshot("shop.dump"), "--command",
                                            command, "--format", "json"} +
                                       engine_under_test());
        EXPECT_EQ(run.exit_code, exit_code) << run.err;
        expect_stderr_only(run, on_stderr);
        return run.out.empty() ? json{} : json::parse(run.out);
    }
};

std::vector<std::string> sql_of(const json& migration) {
    std::vector<std::string> texts;
    for (const auto& statement : migration.at("statements")) texts.push_back(statement.at("sql"));
    return texts;
}

std::string evidence_of_lock(const json& migration, const std::string& relation) {
    for (const auto& statement : migration.at("statements")) {
        for (const auto& lock : statement.at("locks")) {
            if (lock.at("relation") == relation && lock.at("mode") == "AccessExclusiveLock")
                return lock.at("evidence");
        }
    }
    return "(none)";
}

// Four migrations of one app: in a transaction, without one, in Python, and one that fails.
class Django : public CommandTools {
  protected:
    void SetUp() override {
        CommandTools::SetUp();
        if (!python_has("django")) REHEARSE_SKIP_OR_FAIL("Django is not installed");
        sandbox_.write("settings.py", R"(import os
SECRET_KEY = "x"
INSTALLED_APPS = ["shop"]
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"],
    "HOST": os.environ["PGHOST"], "PORT": os.environ["PGPORT"], "USER": os.environ["PGUSER"],
    "PASSWORD": os.environ["PGPASSWORD"]}}
USE_TZ = True
)");
        sandbox_.write("shop/__init__.py", "");
        sandbox_.write("shop/migrations/__init__.py", "");
        write("0001_note", "", "migrations.RunSQL('ALTER TABLE users ADD COLUMN note text')");
        write("0002_index", "0001_note",
              "migrations.RunSQL('CREATE INDEX CONCURRENTLY by_note ON users (note)')",
              "    atomic = False\n");
        write("0003_fill", "0002_index", "migrations.RunPython(fill)", "",
              "def fill(apps, editor):\n"
              "    with editor.connection.cursor() as c:\n"
              "        c.execute('SELECT id FROM users LIMIT 20')\n"
              "        for (id,) in c.fetchall():\n"
              "            c.execute('UPDATE users SET note = %s WHERE id = %s', ['n', id])\n");
    }

    void write(const std::string& name, const std::string& after, const std::string& operation,
               const std::string& more = "", const std::string& code = "") {
        sandbox_.write("shop/migrations/" + name + ".py",
                       "from django.db import migrations\n" + code +
                           "class Migration(migrations.Migration):\n" + more +
                           "    dependencies = [" +
                           (after.empty() ? "" : "('shop', '" + after + "')") +
                           "]\n    operations = [" + operation + "]\n");
    }

    static constexpr const char* kMigrate =
        "DJANGO_SETTINGS_MODULE=settings PYTHONPATH=. /usr/bin/python3 -m django migrate";
};

class Alembic : public CommandTools {
  protected:
    void SetUp() override {
        CommandTools::SetUp();
        if (!python_has("alembic")) REHEARSE_SKIP_OR_FAIL("Alembic is not installed");
        sandbox_.write("alembic.ini", "[alembic]\nscript_location = .\n");
        sandbox_.write("env.py", R"(import os
from alembic import context
from sqlalchemy import create_engine
with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
)");
        write("a1", "None", "op.execute('ALTER TABLE users ADD COLUMN note text')");
        write("b2", "'a1'", "op.execute('SELECT pg_sleep(0.3) FROM invoices LIMIT 1')");
    }

    void write(const std::string& revision, const std::string& after, const std::string& code) {
        sandbox_.write("versions/" + revision + ".py",
                       "from alembic import op\nrevision = '" + revision +
                           "'\ndown_revision = " + after + "\ndef upgrade():\n    " + code + "\n");
    }
};

class OfNode : public CommandTools {
  protected:
    void SetUp() override {
        CommandTools::SetUp();
        if (!fs::exists(modules() / "knex") || !fs::exists(modules() / "typeorm"))
            REHEARSE_SKIP_OR_FAIL("Knex and TypeORM are not installed");
        std::error_code failure;
        fs::create_directory_symlink(modules(), sandbox_.work() / "node_modules", failure);
    }

    static fs::path modules() {
        const char* given = std::getenv("REHEARSE_MIGRATION_TOOLS");
        const fs::path folder = given != nullptr ? given : REHEARSE_MIGRATION_TOOLS;
        return folder / "node_modules";
    }
};

}  // namespace

TEST_F(Django, ItsMigrationsAreRehearsed) {
    const auto report = rehearse_command(kMigrate);
    EXPECT_THAT(versions_of(report),
                ElementsAre("shop.0001_note", "shop.0002_index", "shop.0003_fill"));
    EXPECT_THAT(labels_of(report), ElementsAre("ok", "ok", "ok"));
    const auto& migrations = report.at("migrations");
    EXPECT_THAT(sql_of(migrations[0]), ElementsAre("ALTER TABLE users ADD COLUMN note text"));
    EXPECT_EQ(migrations[0].at("transaction_mode"), "one_transaction");
    EXPECT_EQ(evidence_of_lock(migrations[0], "users"), "exact");
    EXPECT_THAT(sql_of(migrations[1]),
                ElementsAre("CREATE INDEX CONCURRENTLY by_note ON users (note)"));
    EXPECT_EQ(migrations[1].at("transaction_mode"), "autocommit");
    EXPECT_THAT(sql_of(migrations[2]), SizeIs(21));
}

TEST_F(Django, AFailureIsOfTheMigrationThatFailed) {
    write("0004_bad", "0003_fill", "migrations.RunSQL('ALTER TABLE nowhere ADD COLUMN x int')");
    const auto report = rehearse_command(kMigrate, 1, {"the command ended with exit code 1"});
    EXPECT_THAT(labels_of(report), ElementsAre("ok", "ok", "ok", "failed"));
    const auto& error = report.at("migrations")[3].at("error");
    EXPECT_EQ(error.at("sqlstate"), "42P01");
    EXPECT_THAT(error.at("detail"), HasSubstr("ProgrammingError"));
    EXPECT_THAT(error.at("left_behind"), IsEmpty());
}

TEST_F(Django, WithNothingPendingItSaysSo) {
    const auto report =
        rehearse_command(kMigrate + std::string{" shop zero"}, 0, {"nothing was pending"});
    EXPECT_THAT(report.at("migrations"), IsEmpty());
}

// It runs all of them in one transaction.
TEST_F(Alembic, ALockIsHeldThroughTheMigrationsThatFollow) {
    const auto report = rehearse_command("alembic upgrade head");
    EXPECT_THAT(versions_of(report), ElementsAre("a1", "b2"));
    const auto& first = report.at("migrations")[0];
    EXPECT_EQ(first.at("tool"), "alembic");
    EXPECT_LT(first.at("elapsed_ms").get<double>(), 300);
    EXPECT_EQ(evidence_of_lock(first, "users"), "exact");
    ASSERT_THAT(first.at("blocking"), SizeIs(1));
    EXPECT_GE(first.at("blocking")[0].at("held_ms").get<double>(), 300);
}

TEST_F(OfNode, KnexsMigrationsAreRehearsedAndItsParametersStayOut) {
    sandbox_.write("knexfile.js",
                   "module.exports = {client: 'pg', connection: process.env.DATABASE_URL};\n");
    sandbox_.write("migrations/20240101_note.js",
                   "exports.up = k => k.raw('alter table users add column note text');\n"
                   "exports.down = k => {};\n");
    sandbox_.write("migrations/20240102_fill.js",
                   "exports.up = k => k('users').where('id', 1).update({note: 'a row value'});\n"
                   "exports.down = k => {};\n");
    const auto report = rehearse_command("node node_modules/knex/bin/cli.js migrate:latest");
    EXPECT_THAT(versions_of(report), ElementsAre("20240101", "20240102"));
    const auto& migrations = report.at("migrations");
    EXPECT_EQ(migrations[0].at("tool"), "knex");
    EXPECT_EQ(migrations[0].at("name"), "note");
    EXPECT_EQ(evidence_of_lock(migrations[0], "users"), "exact");
    EXPECT_THAT(sql_of(migrations[1]),
                ElementsAre(R"(update "users" set "note" = $1 where "id" = $2)"));
    EXPECT_THAT(report.dump(), Not(HasSubstr("a row value")));
}

TEST_F(OfNode, TypeOrmsFailureTakesItsEarlierMigrationsBack) {
    sandbox_.write("ds.js", R"(const {DataSource} = require('typeorm');
module.exports.ds = new DataSource({type: 'postgres', url: process.env.DATABASE_URL,
                                    migrations: [__dirname + '/migrations/*.js']});
)");
    const auto write = [&](const std::string& name, const std::string& sql) {
        sandbox_.write("migrations/" + name + ".js", "module.exports." + name + " = class " + name +
                                                         " {\n  async up(q) { await q.query('" +
                                                         sql + "') }\n  async down() {}\n};\n");
    };
    write("One1700000000000", "ALTER TABLE users ADD COLUMN note text");
    write("Two1700000000001", "ALTER TABLE nowhere ADD COLUMN note text");
    const auto report = rehearse_command(
        "node node_modules/typeorm/cli.js migration:run -d ds.js", 1,
        {"the command ended with exit code 1", "1700000000000 ran, but was rolled back"});
    EXPECT_THAT(labels_of(report), ElementsAre("ok", "failed"));
    EXPECT_EQ(report.at("migrations")[0].at("name"), "One1700000000000");
    EXPECT_EQ(report.at("migrations")[1].at("error").at("sqlstate"), "42P01");
}

}  // namespace rehearse::test
