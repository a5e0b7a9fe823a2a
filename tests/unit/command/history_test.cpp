#include "command/history.hpp"

#include "rehearse/sql/script.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::command {
namespace {

struct Case {
    std::string sql;
    std::vector<std::optional<std::string>> parameters;
    std::string tool;
    std::string version;
    std::string name;
};

void PrintTo(const Case& each, std::ostream* out) {
    *out << each.sql;
}

LoggedStatement statement_with(const std::vector<std::optional<std::string>>& parameters) {
    LoggedStatement statement;
    statement.parameters = parameters;
    return statement;
}

bool is_of_the_tool(const std::string& sql, const std::string& table = "") {
    return HistoryTables(table).is_of_the_tool(sql, sql::classify(sql));
}

class Written : public testing::TestWithParam<Case> {};

}  // namespace

TEST_P(Written, IsRecognised) {
    const auto& each = GetParam();
    const auto write = HistoryTables().write_in(each.sql, statement_with(each.parameters));
    ASSERT_TRUE(write);
    EXPECT_EQ(write->tool, each.tool);
    EXPECT_EQ(write->version, each.version);
    EXPECT_EQ(write->name, each.name);
}

// As the tools send them.
INSTANTIATE_TEST_SUITE_P(
    HistoryTables, Written,
    testing::Values(
        Case{R"(INSERT INTO "schema_migrations" ("version") VALUES ($1) RETURNING "version")",
             {"20240102030405"},
             "rails",
             "20240102030405",
             ""},
        Case{"INSERT INTO schema_migrations VALUES ('20240102')", {}, "rails", "20240102", ""},
        Case{R"(INSERT INTO "django_migrations" ("app", "name", "applied") VALUES ('shop', )"
             R"('0002_add', '2026-11-27T23:00:00+00:00'::timestamptz) RETURNING "id")",
             {},
             "django",
             "shop.0002_add",
             ""},
        Case{"INSERT INTO alembic_version (version_num) VALUES ('ae1027a6acf') RETURNING "
             "alembic_version.version_num",
             {},
             "alembic",
             "ae1027a6acf",
             ""},
        Case{"UPDATE alembic_version SET version_num='b1' WHERE alembic_version.version_num = 'a1'",
             {},
             "alembic",
             "b1",
             ""},
        Case{
            R"(insert into "knex_migrations" ("batch", "migration_time", "name") values ($1, $2, $3))",
            {"1", "2026-11-27", "20240102_add_index.js"},
            "knex",
            "20240102",
            "add_index"},
        Case{R"(INSERT INTO "migrations"("timestamp", "name") VALUES ($1, $2))",
             {"1700000000000", "AddIndex1700000000000"},
             "typeorm",
             "1700000000000",
             "AddIndex1700000000000"},
        Case{R"(INSERT INTO "schema_migrations" ("version","inserted_at") VALUES ($1,$2))",
             {"20240102", "2026-11-27"},
             "ecto",
             "20240102",
             ""},
        Case{R"(INSERT INTO "public"."schema_migrations" (version, dirty) VALUES ($1, $2))",
             {"3", "f"},
             "golang-migrate",
             "3",
             ""},
        Case{R"(INSERT INTO "public"."flyway_schema_history" ("installed_rank", "version", )"
             R"("description", "type") VALUES ($1, $2, $3, $4))",
             {"3", "1.2", "add index", "JDBC"},
             "flyway",
             "1.2",
             "add index"},
        Case{"INSERT INTO public.databasechangelog (ID, AUTHOR, FILENAME) VALUES ('7', 'me', "
             "'db/changelog.xml')",
             {},
             "liquibase",
             "7",
             "db/changelog.xml"},
        Case{R"(INSERT INTO "SequelizeMeta" ("name") VALUES ($1))",
             {"0007-add.js"},
             "sequelize",
             "0007",
             "add"}));

TEST(HistoryTables, WhatTakesBackOrIsNotDoneIsNone) {
    const HistoryTables tables;
    for (const char* sql : {
             "DELETE FROM schema_migrations WHERE version = '1'",
             "SELECT version FROM schema_migrations",
             "CREATE TABLE schema_migrations (version text)",
             "INSERT INTO users (version) VALUES ('1')",
             R"(INSERT INTO "public"."schema_migrations" (version, dirty) VALUES (3, true))",
         }) {
        EXPECT_FALSE(tables.write_in(sql, {})) << sql;
    }
}

TEST(HistoryTables, ATableNamedByHandIsAHistory) {
    const HistoryTables tables("ops.our_history");
    const auto write =
        tables.write_in("INSERT INTO ops.our_history (who, version) VALUES ('x', '9_add.py')", {});
    ASSERT_TRUE(write);
    EXPECT_EQ(write->version, "9");
    EXPECT_EQ(write->name, "add");
    EXPECT_TRUE(is_of_the_tool("SELECT version FROM ops.our_history", "ops.our_history"));
}

TEST(HistoryTables, TheToolsHousekeepingIsItsOwn) {
    for (const char* sql : {
             "CREATE TABLE schema_migrations (version text primary key)",
             "SELECT version FROM schema_migrations ORDER BY version",
             "update knex_migrations_lock set is_locked = 1 where is_locked = 0",
             "SELECT pg_try_advisory_lock(6939591962871035475)",
             "SELECT current_schema()",
             "SELECT version()",
             "select * from information_schema.tables where table_schema = current_schema()",
             "SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'p')",
             "SHOW server_version",
             "SET client_encoding TO 'UTF8'",
             "SET standard_conforming_strings = on",
             "INSERT INTO ar_internal_metadata (key, value) VALUES ('environment', 'x')",
         }) {
        EXPECT_TRUE(is_of_the_tool(sql)) << sql;
    }
}

TEST(HistoryTables, TheMigrationsWorkIsNot) {
    for (const char* sql : {
             "ALTER TABLE users ADD COLUMN x int",
             "SELECT id FROM users WHERE x IS NULL LIMIT 1000",
             "SELECT migrate_everything()",
             "SET lock_timeout = '5s'",
             "UPDATE users SET x = 1",
             "LOCK TABLE users",
         }) {
        EXPECT_FALSE(is_of_the_tool(sql)) << sql;
    }
}

}  // namespace rehearse::command
