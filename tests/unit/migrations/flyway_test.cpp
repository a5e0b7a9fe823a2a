#include "rehearse/base/error.hpp"
#include "rehearse/migrations/migration.hpp"

#include "migrations/flyway_history.hpp"
#include "migrations/flyway_script.hpp"
#include "migrations/flyway_version.hpp"
#include "migrations/numbering.hpp"
#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>

namespace rehearse::migrations {
namespace {

using test::FolderFixture;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Flyway : public FolderFixture {
  protected:
    std::unique_ptr<MigrationSource> open(SourceOptions options = {}) const {
        options.folder = folder();
        options.tool = "flyway";
        return open_source(options);
    }
    std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& one : open()->all())
            names.push_back(one.path.lexically_relative(folder()).string());
        return names;
    }
    Error error_of() const {
        try {
            open();
        } catch (const Error& error) {
            return error;
        }
        ADD_FAILURE() << "nothing was thrown";
        return {ErrorKind::internal, ""};
    }
};

TEST(FlywayVersion, IsNumbersWithDotsOrUnderscores) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"1", "1"},
        {"01", "1"},
        {"1.0", "1"},
        {"1_10", "1.10"},
        {"0", "0"},
        {"0.0", "0"},
        {"2024.01.02", "2024.1.2"},
        {"1.02.0.0", "1.2"},
        {"", "-"},
        {"1.", "-"},
        {"1.a", "-"},
        {".1", "-"},
        {"1..2", "-"},
        {"20220803121537", "20220803121537"}};
    for (const auto& [text, key] : cases)
        EXPECT_EQ(flyway_version(text).value_or("-"), key) << text;
    EXPECT_LT(Numbering(*flyway_version("1_9")), Numbering(*flyway_version("1_10")));
}

TEST(FlywayChecksum, CountsLinesWithoutTheirEnds) {
    EXPECT_EQ(flyway_checksum("CREATE TABLE t (id int);\n"), 92137680);
    EXPECT_EQ(flyway_checksum("CREATE TABLE t (id int);\r\n"), 92137680);
    EXPECT_EQ(flyway_checksum("CREATE TABLE t (id int);"), 92137680);
    EXPECT_EQ(flyway_checksum("\xEF\xBB\xBF"
                              "CREATE TABLE t\r (id int);"),
              92137680);
    EXPECT_NE(flyway_checksum("CREATE TABLE t  (id int);"), 92137680);
}

TEST_F(Flyway, OrdersVersionsByNumberAndThenRepeatablesByDescription) {
    write_all({"V1_10__c.sql", "V1.9__b.sql", "sub/V2__Deep.sql", "R__b_view.sql", "R__a_view.sql",
               "V001__first.SQL"});
    EXPECT_THAT(files(), ElementsAre("V001__first.SQL", "V1.9__b.sql", "V1_10__c.sql",
                                     "sub/V2__Deep.sql", "R__a_view.sql", "R__b_view.sql"));
    const auto all = open()->all();
    EXPECT_EQ(all[0].version, "001");
    EXPECT_EQ(all[0].transaction_mode, TransactionMode::one_transaction);
    EXPECT_EQ(all[4].version, "R a view");
    EXPECT_EQ(all[4].name, "a view");
}

TEST_F(Flyway, RefusesTwoFilesWithOneVersion) {
    write_all({"V1__a.sql", "V01.0__b.sql"});
    EXPECT_THAT(error_of().message(), HasSubstr("V01.0__b.sql and V1__a.sql"));
}

TEST_F(Flyway, FollowsLinksButNotInACircle) {
    write("V1__a.sql");
    write("../shared/V2__b.sql");
    fs::create_directory_symlink(parent() / "shared", folder() / "more");
    EXPECT_THAT(files(), ElementsAre("V1__a.sql", "more/V2__b.sql"));
    fs::create_directory_symlink(folder(), folder() / "loop");
    EXPECT_THAT(error_of().message(), HasSubstr("loop is a link to a folder that it is in"));
}

TEST_F(Flyway, TakesItsOwnConfiguration) {
    write("../flyway.conf",
          "# ours\nflyway.sqlMigrationPrefix=\nflyway.placeholders.Schema=shop\n");
    write("20240101__a.sql", "CREATE TABLE ${schema}.t (id int);\n");
    EXPECT_THAT(files(), ElementsAre("20240101__a.sql"));
    fs::remove(parent() / "flyway.conf");
    write("../flyway.toml", "[flyway]\nsqlMigrationPrefix = \"M\"\n");
    write("M1__a.sql");
    EXPECT_THAT(files(), ElementsAre("M1__a.sql"));
}

TEST(FlywayScriptTest, RunsOutsideATransactionWhatFlywaySeesThatItMust) {
    struct {
        const char* text;
        bool in_transaction;
        bool is_mixed;
    } const cases[] = {
        {"CREATE TABLE t (id int);", true, false},
        {"create unique  index /* x */ concurrently i on t (id);", false, false},
        {"DROP INDEX CONCURRENTLY i; DROP INDEX CONCURRENTLY j;", false, false},
        {"VACUUM t;", false, false},
        {"REINDEX SCHEMA s;", false, false},
        {"ALTER SYSTEM SET work_mem = '1MB';", false, false},
        {"DISCARD ALL;", false, false},
        {"CREATE TABLE t (id int); CREATE INDEX CONCURRENTLY i ON t (id);", false, true},
        // It does not see these, and PostgreSQL refuses them.
        {"REINDEX INDEX CONCURRENTLY i;", true, false},
        {"ALTER TABLE p DETACH PARTITION c CONCURRENTLY;", true, false},
        {"REFRESH MATERIALIZED VIEW CONCURRENTLY v;", true, false},
        {"SELECT 'CREATE INDEX CONCURRENTLY';", true, false},
    };
    for (const auto& one : cases) {
        const FlywayScript script = flyway_script(one.text, "/nowhere/V1__a.sql");
        EXPECT_EQ(script.in_transaction, one.in_transaction) << one.text;
        EXPECT_EQ(script.is_mixed, one.is_mixed) << one.text;
    }
}

TEST_F(Flyway, ObeysTheConfBesideAScript) {
    const fs::path path = write("V1__a.sql", "SELECT 1; VACUUM t;");
    write("V1__a.sql.conf", "executeInTransaction=false\nshouldExecute = false\n");
    const FlywayScript script = flyway_script("SELECT 1; VACUUM t;", path);
    EXPECT_FALSE(script.in_transaction);
    EXPECT_FALSE(script.is_mixed);
    EXPECT_FALSE(script.runs);
}

TEST(FlywayHistoryTest, TakesVersionsBackAndKnowsTheBaseline) {
    using Values = std::vector<std::optional<std::string>>;
    const auto row = [](const char* rank, const char* version, const char* type) {
        return Values{rank, version, "d", type, "s", "1", "true"};
    };
    const FlywayHistory history({row("5", "4", "SQL"),
                                 row("1", "2", "BASELINE"),
                                 row("2", "3", "SQL"),
                                 row("4", "3", "UNDO_SQL"),
                                 row("6", "5", "JDBC"),
                                 row("7", "4.0", "DELETE"),
                                 {"3", std::nullopt, "views", "SQL", "R__views.sql", "7", "true"},
                                 {"8", std::nullopt, "views", "SQL", "R__views.sql", "8", "true"}});
    EXPECT_FALSE(history.has_applied("3"));
    EXPECT_FALSE(history.has_applied("4"));
    EXPECT_TRUE(history.has_applied("5"));
    EXPECT_TRUE(history.is_below_baseline("1.9"));
    EXPECT_TRUE(history.is_below_baseline("2"));
    EXPECT_FALSE(history.is_below_baseline("2.1"));
    EXPECT_EQ(history.last_applied(), "5");
    ASSERT_NE(history.latest_repeatable("views"), nullptr);
    EXPECT_EQ(history.latest_repeatable("views")->checksum, 8);
    EXPECT_THAT(history.failed(), IsEmpty());
}

}  // namespace
}  // namespace rehearse::migrations
