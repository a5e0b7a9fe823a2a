#include "restore/database.hpp"

#include <gmock/gmock.h>

namespace rehearse::restore {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

snapshot::Snapshot snapshot_with(std::vector<std::pair<std::string, std::string>> entries) {
    snapshot::Snapshot snapshot;
    snapshot.archive.emplace();
    snapshot.database = "shop";
    for (auto& [desc, definition] : entries) {
        snapshot::TocEntry entry;
        entry.desc = desc;
        entry.tag = desc.starts_with("DATABASE") ? "shop" : "DATABASE shop";
        entry.definition = definition;
        entry.owner = "app owner";
        snapshot.archive->entries.push_back(entry);
    }
    return snapshot;
}

TEST(Database, CreateStatementFollowsTheDumps) {
    const std::vector<std::pair<std::string, std::string>> cases{
        // PostgreSQL 12 and older, 13 and 14, 15, 17, ICU
        {"CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LC_COLLATE = "
         "'de_DE.UTF-8' LC_CTYPE = "
         "'de_DE.UTF-8';",
         "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LC_COLLATE = "
         "'de_DE.UTF-8' LC_CTYPE = "
         "'de_DE.UTF-8'"},
        {"CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE = 'C.UTF-8';",
         "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE = 'C.UTF-8'"},
        {"CREATE DATABASE \"Shop \"\"Floor\"\"\" WITH TEMPLATE = template0 ENCODING = 'LATIN1' "
         "LOCALE_PROVIDER = libc "
         "LOCALE = 'C' TABLESPACE = fast;",
         "CREATE DATABASE \"Shop \"\"Floor\"\"\" WITH TEMPLATE = template0 ENCODING = 'LATIN1' "
         "LOCALE_PROVIDER = "
         "libc LOCALE = 'C'"},
        {"CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = "
         "builtin LOCALE = 'C' "
         "BUILTIN_LOCALE = 'C.UTF-8';",
         "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = "
         "builtin LOCALE = 'C' "
         "BUILTIN_LOCALE = 'C.UTF-8'"},
        {"CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = icu "
         "LOCALE = 'C' "
         "ICU_LOCALE = 'de-AT' ICU_RULES = '&a < ''b';",
         "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = icu "
         "LOCALE = 'C' "
         "ICU_LOCALE = 'de-AT' ICU_RULES = '&a < ''b'"}};
    for (const auto& [dumped, expected] : cases) {
        EXPECT_EQ(create_statement(definition_for(snapshot_with({{"DATABASE", dumped}}))),
                  expected);
    }
}

TEST(Database, AnotherLocaleKeepsTheEncoding) {
    const auto definition = parse_create_database(
        "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = icu "
        "ICU_LOCALE = 'x'");
    EXPECT_EQ(
        create_statement(with_locale(definition, "C.UTF-8")),
        "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc "
        "LOCALE = 'C.UTF-8'");
}

TEST(Database, OlderServersKnowNoLocaleProvider) {
    const auto definition = parse_create_database(
        "CREATE DATABASE shop WITH ENCODING = 'UTF8' LOCALE_PROVIDER = libc LOCALE = 'C'");
    const auto statement_for = [&](const char* version) {
        return create_statement(for_server(definition, *pg::ServerVersion::parse(version)));
    };
    EXPECT_EQ(statement_for("14.9"),
              "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE = 'C'");
    EXPECT_EQ(statement_for("15.0"),
              "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = "
              "libc LOCALE = 'C'");
}

TEST(Database, PlainDumpsWithoutCreate) {
    snapshot::Snapshot snapshot;
    snapshot.format = snapshot::Format::plain;
    EXPECT_EQ(create_statement(definition_for(snapshot)),
              "CREATE DATABASE rehearse WITH TEMPLATE = template0");
    snapshot.encoding = "LATIN1";
    EXPECT_EQ(create_statement(definition_for(snapshot)),
              "CREATE DATABASE rehearse WITH TEMPLATE = template0 ENCODING = 'LATIN1'");
    snapshot.create_database = "CREATE DATABASE shop WITH ENCODING = 'UTF8'";
    EXPECT_EQ(create_statement(definition_for(snapshot)),
              "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8'");
}

TEST(Database, TemplatesAreNotReplaced) {
    EXPECT_EQ(definition_for(snapshot_with({{"DATABASE", "CREATE DATABASE template1"}})).name,
              "rehearse");
}

TEST(Database, SettingsInTheirOrder) {
    EXPECT_THAT(settings_of(snapshot_with(
                    {{"DATABASE", "CREATE DATABASE shop"},
                     {"DATABASE PROPERTIES",
                      "ALTER DATABASE shop CONNECTION LIMIT = 7;\n"
                      "ALTER DATABASE shop SET \"TimeZone\" TO 'Europe/Vienna';\n"
                      "ALTER ROLE job IN DATABASE shop SET search_path TO 'a', 'b; c';\n"}})),
                ElementsAre("ALTER DATABASE shop SET \"TimeZone\" TO 'Europe/Vienna'",
                            "ALTER ROLE job IN DATABASE shop SET search_path TO 'a', 'b; c'"));
}

TEST(Database, ConnectionStringQuotesTheName) {
    EXPECT_THAT(connection_to("it's a \\ name=x", pg::ServerVersion{150000}),
                testing::StartsWith("dbname='it\\'s a \\\\ name=x' options='-c "));
    EXPECT_THAT(connection_to("a", pg::ServerVersion{130000}),
                testing::Not(testing::HasSubstr("idle_session_timeout")));
    EXPECT_THAT(connection_to("a", pg::ServerVersion{170000}),
                testing::HasSubstr("-c transaction_timeout=0"));
}

TEST(Database, OwnerGrantsAndCommentOfTheDatabase) {
    EXPECT_THAT(statements_about_database(
                    snapshot_with({{"DATABASE", "CREATE DATABASE shop;"},
                                   {"ACL",
                                    "REVOKE ALL ON DATABASE shop FROM PUBLIC;\n"
                                    "GRANT CONNECT ON DATABASE shop TO app;\n"},
                                   {"COMMENT", "COMMENT ON DATABASE shop IS 'it''s ours';\n"}})),
                ElementsAre("ALTER DATABASE shop OWNER TO \"app owner\"",
                            "REVOKE ALL ON DATABASE shop FROM PUBLIC",
                            "GRANT CONNECT ON DATABASE shop TO app",
                            "COMMENT ON DATABASE shop IS 'it''s ours'"));
    EXPECT_THAT(statements_about_database({}), IsEmpty());
}

}  // namespace
}  // namespace rehearse::restore
