#include "rehearse/base/error.hpp"
#include "rehearse/pg/admin_session.hpp"

#include "support/local_postgres.hpp"

#include <gmock/gmock.h>

namespace rehearse::test {
namespace {

using pg::AdminSession;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

using Admin = PostgresTest;

TEST_F(Admin, KnowsTheServerItTalksTo) {
    AdminSession admin{where()};
    EXPECT_EQ(admin.marker(), LocalPostgres::kMarker);
    EXPECT_EQ(std::to_string(admin.server_version().number), value_of("SHOW server_version_num"));
    EXPECT_THAT(admin.settings({"fsync", "no_such_setting"}), ElementsAre(Pair("fsync", "off")));
    EXPECT_TRUE(admin.database_exists(database()));
    EXPECT_FALSE(admin.database_exists("it's not there"));
}

TEST_F(Admin, AddressWithoutServerIsAScratchErrorThatNamesTheReason) {
    pg::ConnInfo nowhere = where();
    nowhere.host = "/nonexistent";
    try {
        AdminSession admin{nowhere};
        FAIL() << "connected to nothing";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::scratch);
        EXPECT_THAT(error.message(), HasSubstr("cannot connect to the scratch server"));
    }
}

TEST_F(Admin, MarkerDecidesWhetherAServerIsOurs) {
    std::string why;
    EXPECT_TRUE(answers_with_marker(where(), LocalPostgres::kMarker, why)) << why;
    EXPECT_FALSE(answers_with_marker(where(), "another run", why));
    EXPECT_THAT(why, HasSubstr(LocalPostgres::kMarker));
    pg::ConnInfo nowhere = where();
    nowhere.host = "/nonexistent";
    EXPECT_FALSE(answers_with_marker(nowhere, LocalPostgres::kMarker, why));
    EXPECT_THAT(why, HasSubstr("No such file or directory"));
}

TEST_F(Admin, MakesStandInRoles) {
    AdminSession admin{where()};
    admin.create_nologin_role("Odd \"role\"");
    EXPECT_THAT(admin.role_names(), Contains("Odd \"role\""));
    EXPECT_THROW(admin.create_nologin_role("Odd \"role\""), Error);
    EXPECT_EQ(admin.try_statement("DROP ROLE \"Odd \"\"role\"\"\""), std::nullopt);
    EXPECT_THAT(admin.try_statement("DROP ROLE nobody").value_or(""), HasSubstr("does not exist"));
}

TEST_F(Admin, ListsExtensionsWithTheirVersions) {
    AdminSession admin{where()};
    for (const auto& extension : admin.available_extensions()) {
        if (extension.name != "plpgsql") continue;
        EXPECT_EQ(extension.default_version, "1.0");
        EXPECT_THAT(extension.versions, ElementsAre("1.0"));
        return;
    }
    FAIL() << "plpgsql is not among them";
}

TEST_F(Admin, CountsWhatAUserHasMade) {
    AdminSession admin{where()};
    EXPECT_THAT(admin.user_tables(), IsEmpty());
    EXPECT_EQ(admin.relation_count().tables, 0);
    run_sql("CREATE TABLE t(id int PRIMARY KEY); CREATE MATERIALIZED VIEW m AS SELECT 1 AS one;");
    EXPECT_THAT(admin.user_tables(), ElementsAre(pg::RelationName{"public", "t"}));
    EXPECT_EQ(admin.relation_count().tables, 2);
    EXPECT_EQ(admin.relation_count().indexes, 1);
    EXPECT_GT(admin.relation_count().bytes, 1'000'000);
    admin.vacuum_analyze();
    admin.checkpoint();
    EXPECT_EQ(
        value_of("SELECT last_vacuum IS NOT NULL FROM pg_stat_user_tables WHERE relname = 't'"),
        "t");
}

TEST_F(Admin, ReadsAHistoryTable) {
    AdminSession admin{where()};
    const pg::RelationName table{"public", "schema_migrations"};
    EXPECT_EQ(admin.read_history_table(table, {"version"}), std::nullopt);
    run_sql(
        "CREATE TABLE schema_migrations(version bigint, dirty boolean, \"Note\" text);"
        "INSERT INTO schema_migrations VALUES (42, false, NULL);");
    EXPECT_EQ(admin.read_history_table(table, {"version", "no such"}), std::nullopt);
    const auto rows = admin.read_history_table(table, {"version", "dirty", "Note"});
    ASSERT_TRUE(rows);
    EXPECT_THAT(*rows, ElementsAre(ElementsAre("42", "false", std::nullopt)));
    EXPECT_THAT(admin.columns_of(table), ElementsAre(Pair("Note", "text"), Pair("dirty", "boolean"),
                                                     Pair("version", "bigint")));
    EXPECT_THAT(admin.columns_of({"public", "none"}), IsEmpty());
}

TEST_F(Admin, FindsTablesOfANameCurrentSchemaFirst) {
    run_sql(
        "CREATE SCHEMA a; CREATE TABLE a.h(i int); CREATE TABLE public.h(i int); CREATE VIEW h2 AS "
        "SELECT 1;");
    AdminSession admin{where()};
    EXPECT_THAT(admin.tables_named("h"),
                ElementsAre(pg::RelationName{"public", "h"}, pg::RelationName{"a", "h"}));
    EXPECT_THAT(admin.tables_named("h2"), IsEmpty());
}

TEST_F(Admin, RunsTheUsersHistoryQuery) {
    AdminSession admin{where()};
    EXPECT_THAT(admin.read_column("SELECT * FROM (VALUES ('1'), (NULL), ('2')) v"),
                ElementsAre("1", "2"));
    try {
        admin.read_column("SELECT version FROM nothing");
        FAIL() << "read from nothing";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::usage);
        EXPECT_THAT(error.message(), HasSubstr("\"nothing\" does not exist"));
    }
}

TEST_F(Admin, ALostServerConnectionIsAScratchError) {
    AdminSession admin{where()};
    EXPECT_EQ(
        value_of("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = "
                 "current_database() AND application_name = 'rehearse test'"),
        "1");
    try {
        admin.checkpoint();
        FAIL() << "the backend was terminated";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::scratch);
        EXPECT_THAT(error.hints(), Not(IsEmpty()));
    }
}

}  // namespace
}  // namespace rehearse::test
