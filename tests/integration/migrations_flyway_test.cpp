#include "rehearse/base/error.hpp"

#include "migrations_history_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kTable = R"(CREATE TABLE flyway_schema_history (
    installed_rank int NOT NULL PRIMARY KEY, version varchar(50), description varchar(200) NOT NULL,
    type varchar(20) NOT NULL, script varchar(1000) NOT NULL, checksum int,
    installed_by varchar(100) NOT NULL, installed_on timestamp NOT NULL DEFAULT now(),
    execution_time int NOT NULL, success boolean NOT NULL);)";

class FlywayPending : public test::ToolHistory {
  protected:
    FlywayPending() : ToolHistory("flyway") {}

    void SetUp() override {
        ToolHistory::SetUp();
        if (IsSkipped()) return;
        run_sql(kTable);
        folder_.write("V1__first.sql", kText);
        folder_.write("V2__second.sql", kText);
        folder_.write("R__views.sql", kText);
    }
    void row(int rank, const std::string& version, const std::string& description,
             const std::string& checksum = "92137680", const std::string& type = "SQL",
             const std::string& success = "true") const {
        run_sql("INSERT INTO flyway_schema_history VALUES (" + std::to_string(rank) + ", " +
                (version.empty() ? "NULL" : "'" + version + "'") + ", '" + description + "', '" +
                type + "', 'x.sql', " + checksum + ", 'app', now(), 5, " + success + ")");
    }

    static constexpr const char* kText = "CREATE TABLE t (id int);\n";
};

TEST_F(FlywayPending, IsWhatTheHistoryDoesNotHave) {
    row(1, "1", "first");
    EXPECT_THAT(versions(), ElementsAre("2", "R views"));
    EXPECT_EQ(pending().applied, 1U);
    EXPECT_THAT(pending().seen,
                HasSubstr("flyway: 3 migrations V1__name.sql, flyway_schema_history with 1 row, "
                          "version 1"));
}

TEST_F(FlywayPending, RecordsRowsThatItReadsAgain) {
    row(1, "1", "first");
    record_all();
    EXPECT_THAT(versions(), IsEmpty());
    EXPECT_EQ(value_of("SELECT string_agg(concat_ws('|', installed_rank, version, description, "
                       "type, script, checksum, success), ' ' ORDER BY installed_rank) FROM "
                       "flyway_schema_history WHERE installed_rank > 1"),
              "2|2|second|SQL|V2__second.sql|92137680|t "
              "3|views|SQL|R__views.sql|92137680|t");
}

TEST_F(FlywayPending, ARepeatableOneIsPendingWhenItHasChanged) {
    row(1, "1", "first");
    row(2, "2", "second");
    row(3, "", "views");
    EXPECT_THAT(versions(), IsEmpty());
    folder_.write("R__views.sql", "SELECT 2;\n");
    EXPECT_THAT(versions(), ElementsAre("R views"));
}

TEST_F(FlywayPending, StopsAtAFailedRow) {
    row(1, "1", "first");
    row(2, "2", "second", "92137680", "SQL", "false");
    EXPECT_THAT(refusal(), HasSubstr("version 2 failed"));
}

TEST_F(FlywayPending, StopsWhereAnAppliedFileWasEdited) {
    row(1, "1", "first", "12");
    EXPECT_THAT(refusal(), HasSubstr("V1__first.sql was edited"));
    run_sql("UPDATE flyway_schema_history SET checksum = NULL");
    EXPECT_EQ(refusal(), "");
    run_sql("UPDATE flyway_schema_history SET checksum = 92137680, description = 'other'");
    EXPECT_THAT(refusal(), HasSubstr("was applied as \"other\""));
}

TEST_F(FlywayPending, StopsWhereAnAppliedFileIsGone) {
    row(1, "1", "first");
    row(2, "1.5", "gone");
    EXPECT_THAT(refusal(), HasSubstr("version 1.5 (x.sql) is applied and not in the folder"));
    folder_.write("../flyway.conf", "flyway.ignoreMigrationPatterns=*:missing\n");
    EXPECT_EQ(refusal(), "");
}

TEST_F(FlywayPending, LeavesJavaMigrationsAndTheFutureAlone) {
    row(1, "1", "first");
    row(2, "1.5", "java", "NULL", "JDBC");
    row(3, "2", "second");
    row(4, "7", "future");
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(versions(), ElementsAre("R views"));
}

TEST_F(FlywayPending, AnOlderOneStopsItUnlessItMayBeOutOfOrder) {
    row(1, "2", "second");
    EXPECT_THAT(refusal(), HasSubstr("V1__first.sql is not applied although 2 is"));
    folder_.write("../flyway.conf", "flyway.outOfOrder=true\n");
    EXPECT_THAT(versions(), ElementsAre("1", "R views"));
}

TEST_F(FlywayPending, NothingBelowTheBaselineIsPending) {
    row(1, "1", "<< Flyway Baseline >>", "NULL", "BASELINE");
    EXPECT_THAT(versions(), ElementsAre("2", "R views"));
}

TEST_F(FlywayPending, AMixedScriptIsRefused) {
    row(1, "1", "first");
    folder_.write("V3__mixed.sql", "SELECT 1; VACUUM users;");
    EXPECT_THAT(refusal(), HasSubstr("V3__mixed.sql has statements that cannot run in a "
                                     "transaction"));
    folder_.write("V3__mixed.sql", "VACUUM users;");
    const auto found = pending().migrations;
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].transaction_mode, TransactionMode::one_transaction);
    EXPECT_EQ(found[1].transaction_mode, TransactionMode::autocommit);
    EXPECT_THAT(found[1].after_failure, HasSubstr("flyway repair"));
}

TEST_F(FlywayPending, PlaceholdersAreFilledInOrNamed) {
    row(1, "1", "first");
    folder_.write("V2__second.sql", "SELECT '${Owner}',\n '${flyway:table}';\n");
    EXPECT_THAT(refusal(), "");
    const auto texts_of = [this] { return pending().migrations.at(0).texts(); };
    try {
        texts_of();
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_THAT(error.message(), HasSubstr("V2__second.sql:1: the placeholder ${Owner} has no "
                                               "value"));
        EXPECT_THAT(error.hints().front(), HasSubstr("--set Owner=VALUE"));
    }
    options_.variables["owner"] = "app";
    EXPECT_EQ(texts_of().at(0).sql, "SELECT 'app',\n 'flyway_schema_history';\n");
}

TEST_F(FlywayPending, AnEmptyHistoryBesideTablesIsNotBelieved) {
    EXPECT_THAT(refusal(), HasSubstr("flyway_schema_history is empty, but there are tables"));
    run_sql("DROP TABLE users");
    EXPECT_THAT(versions(), ElementsAre("1", "2", "R views"));
    folder_.write("B2__base.sql", kText);
    folder_.write("V3__third.sql", kText);
    EXPECT_THAT(versions(), ElementsAre("2", "3", "R views"));
}

}  // namespace
}  // namespace rehearse::migrations
