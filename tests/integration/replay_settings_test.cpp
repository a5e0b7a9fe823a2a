#include "replay_fixture.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace rehearse::test {
namespace {

using namespace std::chrono_literals;
using observe::MigrationObservation;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// What each statement ran with: "lock_timeout statement_timeout" in ms.
std::vector<std::string> timeouts_of(const MigrationObservation& seen) {
    std::vector<std::string> timeouts;
    for (const auto& statement : seen.statements) {
        const auto ms = [](Millis span) { return std::to_string(std::llround(span.count())); };
        timeouts.push_back(ms(statement.settings.lock_timeout) + " " +
                           ms(statement.settings.statement_timeout));
    }
    return timeouts;
}

class ReplaySettings : public ReplayTest {
  protected:
    void SetUp() override {
        ReplayTest::SetUp();
        if (IsSkipped()) return;
        run_sql("CREATE TABLE t(i int)");
    }
    void set_for_database(const std::string& setting) const {
        run_sql("ALTER DATABASE " + database() + " SET " + setting);
    }
    // Of the whole server: to be taken back.
    void alter_role(const std::string& change) {
        run_sql("ALTER ROLE " + where().user + " " + change);
    }
    std::vector<std::string> timeouts(const std::string& text, Mode mode = Mode::autocommit,
                                      const replay::ReplayOptions& options = {}) {
        const MigrationObservation seen = replay_file(text, mode, options);
        EXPECT_EQ(failure_of(seen), "") << text;
        return timeouts_of(seen);
    }
};

TEST_F(ReplaySettings, AreWhatTheServerGivesWhereNobodySetThem) {
    const MigrationObservation seen = replay_file("SELECT 1;\n");
    ASSERT_THAT(seen.statements, SizeIs(1));
    const observe::SessionSettings& settings = seen.statements[0].settings;
    EXPECT_EQ(settings, (observe::SessionSettings{0ms, 0ms, "\"$user\", public", where().user}));
    EXPECT_EQ(seen.statements[0].would_be_cancelled_after, std::nullopt);
}

TEST_F(ReplaySettings, ComeFromDatabaseAndRoleInPostgresOrder) {
    set_for_database("lock_timeout = '10s'");
    set_for_database("statement_timeout = '10s'");
    set_for_database("search_path = pg_catalog, public");
    EXPECT_THAT(timeouts("SELECT 1;\n"), ElementsAre("10000 10000"));
    EXPECT_EQ(replay_file("SELECT 1;\n").statements[0].settings.search_path, "pg_catalog, public");
    alter_role("SET lock_timeout = '20s'");
    const auto of_role = timeouts("SELECT 1;\n");
    alter_role("IN DATABASE " + database() + " SET lock_timeout = '30s'");
    const auto of_role_in_database = timeouts("SELECT 1;\n");
    alter_role("RESET lock_timeout");
    EXPECT_THAT(of_role, ElementsAre("20000 10000"));
    EXPECT_THAT(of_role_in_database, ElementsAre("30000 10000"));
}

TEST_F(ReplaySettings, FollowSetAndReset) {
    set_for_database("lock_timeout = '10s'");
    EXPECT_THAT(timeouts("SET statement_timeout = '1min';\nSET lock_timeout = 500;\nSELECT 1;\n"
                         "RESET lock_timeout;\nSELECT 1;\nRESET ALL;\nSELECT 1;\n"
                         "SET lock_timeout = 0;\nSELECT 1;\nDISCARD ALL;\nSELECT 1;\n"),
                ElementsAre("10000 0", "10000 60000", "500 60000", "500 60000", "10000 60000",
                            "10000 60000", "10000 0", "10000 0", "0 0", "0 0", "10000 0"));
}

TEST_F(ReplaySettings, SetLocalEndsWithItsTransaction) {
    for (const char* end : {"COMMIT", "ROLLBACK"}) {
        EXPECT_THAT(timeouts("SET lock_timeout = '9s';\nBEGIN;\nSET LOCAL lock_timeout = '1s';\n"
                             "ALTER TABLE t ADD COLUMN IF NOT EXISTS c int;\n" +
                             std::string{end} + ";\nSELECT 1;\n"),
                    ElementsAre("0 0", "9000 0", "9000 0", "1000 0", "1000 0", "9000 0"));
    }
    // Outside of a transaction it does nothing.
    EXPECT_THAT(timeouts("SET LOCAL lock_timeout = '1s';\nSELECT 1;\n"), ElementsAre("0 0", "0 0"));
    for (const Mode mode : {Mode::one_transaction, Mode::whole_file_query}) {
        EXPECT_THAT(
            timeouts("SET LOCAL lock_timeout = '1s';\nSELECT 1;\nCOMMIT;\nSELECT 2;\n", mode),
            ElementsAre("0 0", "1000 0", "1000 0", "0 0"));
    }
}

TEST_F(ReplaySettings, SetInATransactionIsKeptByCommitAndTakenBackByRollback) {
    const std::string begin = "BEGIN;\nSET lock_timeout = '1s';\nSELECT 1;\n";
    EXPECT_THAT(timeouts(begin + "COMMIT;\nSELECT 1;\n"),
                ElementsAre("0 0", "0 0", "1000 0", "1000 0", "1000 0"));
    EXPECT_THAT(timeouts(begin + "ROLLBACK;\nSELECT 1;\n"),
                ElementsAre("0 0", "0 0", "1000 0", "1000 0", "0 0"));
    EXPECT_THAT(timeouts(begin + "COMMIT AND CHAIN;\nSELECT 1;\nROLLBACK;\nSELECT 1;\n"),
                ElementsAre("0 0", "0 0", "1000 0", "1000 0", "1000 0", "1000 0", "1000 0"));
}

TEST_F(ReplaySettings, SavepointsTakeThemBackToo) {
    EXPECT_THAT(
        timeouts("BEGIN;\nSET lock_timeout = '1s';\nSAVEPOINT s;\nSET lock_timeout = '2s';\n"
                 "SELECT 1;\nROLLBACK TO s;\nSELECT 1;\nSET LOCAL lock_timeout = '3s';\n"
                 "RELEASE s;\nSELECT 1;\nCOMMIT;\nSELECT 1;\n"),
        ElementsAre("0 0", "0 0", "1000 0", "1000 0", "2000 0", "2000 0", "1000 0", "1000 0",
                    "3000 0", "3000 0", "3000 0", "1000 0"));
}

TEST_F(ReplaySettings, SetConfigIsSeenWhereverItIsCalled) {
    run_sql(
        "CREATE FUNCTION sets(local bool) RETURNS void LANGUAGE sql AS "
        "$$SELECT set_config('lock_timeout', '4s', local)$$");
    EXPECT_THAT(
        timeouts("SELECT set_config('lock_timeout', '1s', false);\nSELECT 1;\n"
                 "DO $$ BEGIN PERFORM set_config('lock_timeout', '2s', false); END $$;\n"
                 "SELECT 1;\nDO $$ BEGIN PERFORM sets(true); END $$;\nSELECT 1;\n"
                 "SELECT sets(false);\nSELECT 1;\n"),
        ElementsAre("0 0", "1000 0", "1000 0", "2000 0", "2000 0", "2000 0", "2000 0", "4000 0"));
    EXPECT_THAT(timeouts("BEGIN;\nSELECT sets(true);\nSELECT 1;\nSELECT sets(false);\nCOMMIT;\n"
                         "SELECT 1;\n"),
                ElementsAre("0 0", "0 0", "4000 0", "4000 0", "4000 0", "4000 0"));
    // The same in one transaction as the tool makes it, and in the next file of its session.
    add_migration("SELECT sets(false);\nSELECT 1;\n", Mode::whole_file_query);
    add_migration("SELECT 1;\n", Mode::whole_file_query);
    const replay::Observations all = replay_all();
    EXPECT_THAT(timeouts_of(all.migrations[0]), ElementsAre("0 0", "4000 0"));
    EXPECT_THAT(timeouts_of(all.migrations[1]), ElementsAre("4000 0"));
}

TEST_F(ReplaySettings, RoleAndSearchPathAreTheStatementsOwn) {
    run_sql(
        "DROP ROLE IF EXISTS settings_test_role; CREATE ROLE settings_test_role; "
        "GRANT SELECT ON t TO settings_test_role");
    const MigrationObservation seen = replay_file(
        "SET ROLE settings_test_role;\nSET search_path = public;\nBEGIN;\nSET LOCAL search_path = "
        "pg_catalog;\nSELECT 1;\nCOMMIT;\nRESET ROLE;\nSET SESSION AUTHORIZATION "
        "settings_test_role;\nSELECT 1;\n");
    EXPECT_EQ(failure_of(seen), "");
    std::vector<std::string> settings;
    for (const auto& statement : seen.statements)
        settings.push_back(statement.settings.role + " " + statement.settings.search_path);
    const std::string user = where().user;
    EXPECT_THAT(
        settings,
        ElementsAre(user + " \"$user\", public", "settings_test_role \"$user\", public",
                    "settings_test_role public", "settings_test_role public",
                    "settings_test_role pg_catalog", "settings_test_role pg_catalog",
                    "settings_test_role public", user + " public", "settings_test_role public"));
    run_sql("DROP OWNED BY settings_test_role; DROP ROLE settings_test_role");
}

// A reading that took a snapshot would make the server refuse this.
TEST_F(ReplaySettings, ReadingThemLeavesSetTransactionPossible) {
    for (const Mode mode : {Mode::autocommit, Mode::one_transaction}) {
        const std::string text =
            "SET LOCAL statement_timeout = '1min';\nSET LOCAL search_path = public;\n"
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;\n"
            "CREATE TABLE seen AS SELECT current_setting('transaction_isolation') AS level;\n";
        const bool is_own = mode == Mode::autocommit;
        const auto seen = replay_file(is_own ? "BEGIN;\n" + text + "COMMIT;\n" : text, mode);
        EXPECT_EQ(failure_of(seen), "");
        EXPECT_EQ(value_of("SELECT level FROM seen"), "serializable");
        run_sql("DROP TABLE seen");
    }
}

TEST_F(ReplaySettings, ATimeoutThatProductionHasIsSaidAndNotEnforced) {
    const std::pair<const char*, Mode> texts[] = {
        {"SET statement_timeout = '50ms';\nSELECT pg_sleep(0.2);\n", Mode::autocommit},
        {"SET statement_timeout = '50ms';\nSELECT pg_sleep(0.2);\n", Mode::one_transaction},
        {"SET statement_timeout = '50ms';\nSELECT pg_sleep(0.2);\n", Mode::whole_file_query},
        {"BEGIN;\nSET LOCAL statement_timeout = '50ms';\nSELECT pg_sleep(0.2);\nCOMMIT;\n",
         Mode::autocommit},
        {"DO $$ BEGIN PERFORM set_config('statement_timeout', '50ms', false); END $$;\n"
         "SELECT pg_sleep(0.2);\n",
         Mode::autocommit},
        {"BEGIN;\nSET statement_timeout = '50ms';\nCOMMIT;\nSELECT pg_sleep(0.2);\n",
         Mode::autocommit},
    };
    for (const auto& [text, mode] : texts) {
        for (const bool observe : {true, false}) {
            replay::ReplayOptions options;
            options.observe = observe;
            const MigrationObservation seen = replay_file(text, mode, options);
            EXPECT_EQ(failure_of(seen), "") << text;
            for (const auto& statement : seen.statements) {
                const bool sleeps = statement.sql.find("pg_sleep") != std::string::npos;
                EXPECT_EQ(statement.would_be_cancelled_after,
                          sleeps ? std::optional{Millis{50}} : std::nullopt)
                    << statement.sql;
            }
        }
    }
}

TEST_F(ReplaySettings, TheDatabasesTimeoutIsSaidAndNotEnforcedAfterResetEither) {
    set_for_database("statement_timeout = '100ms'");
    const MigrationObservation seen = replay_file(
        "SELECT pg_sleep(0.3);\nSET statement_timeout = 0;\nSELECT pg_sleep(0.3);\n"
        "RESET statement_timeout;\nSELECT pg_sleep(0.3);\n");
    EXPECT_EQ(failure_of(seen), "");
    ASSERT_THAT(seen.statements, SizeIs(5));
    EXPECT_EQ(seen.statements[0].would_be_cancelled_after, 100ms);
    EXPECT_EQ(seen.statements[2].would_be_cancelled_after, std::nullopt);
    EXPECT_EQ(seen.statements[4].would_be_cancelled_after, 100ms);
}

// Our own readings take time between statements that production does not take.
TEST_F(ReplaySettings, AnIdleTimeoutDoesNotEndTheSession) {
    set_for_database("idle_in_transaction_session_timeout = '200ms'");
    listener_.on_statement = [this](const std::string& sql) {
        if (sql == "SELECT 2") value_of("SELECT pg_sleep(0.5)");
    };
    for (const bool enforce : {false, true}) {
        replay::ReplayOptions options;
        options.enforce_timeouts = enforce;
        EXPECT_THAT(timeouts("BEGIN;\nSELECT 1;\nSELECT 2;\nCOMMIT;\n", Mode::autocommit, options),
                    SizeIs(4));
    }
}

// What the migration saves and sets again is what it was.
TEST_F(ReplaySettings, ASavedTimeoutIsTheSameWhenItIsSetAgain) {
    EXPECT_THAT(timeouts("SET lock_timeout = '7s';\n"
                         "SELECT set_config('my.saved', current_setting('lock_timeout'), false);\n"
                         "SET lock_timeout = '1s';\n"
                         "SELECT set_config('lock_timeout', current_setting('my.saved'), false);\n"
                         "SELECT 1;\n"),
                ElementsAre("0 0", "7000 0", "7000 0", "1000 0", "7000 0"));
}

TEST_F(ReplaySettings, AnEndlessTimeoutIsLeftAlone) {
    EXPECT_THAT(
        timeouts("SET lock_timeout = 2147483647;\nSET statement_timeout = '2d';\nSELECT 1;\n"),
        ElementsAre("0 0", "2147483647 0", "2147483647 172800000"));
}

TEST_F(ReplaySettings, EnforcedTheyAreTheFilesOwnAndCancel) {
    set_for_database("statement_timeout = '30s'");
    replay::ReplayOptions options;
    options.enforce_timeouts = true;
    EXPECT_THAT(timeouts("SELECT 1;\nSET LOCAL lock_timeout = '1s';\nSET lock_timeout = '2s';\n"
                         "DO $$ BEGIN ASSERT current_setting('lock_timeout') = '2s'; END $$;\n",
                         Mode::one_transaction, options),
                ElementsAre("5000 60000", "5000 60000", "1000 60000", "2000 60000"));
    const MigrationObservation seen = replay_file(
        "SET statement_timeout = '50ms';\nSELECT pg_sleep(1000);\n", Mode::autocommit, options);
    EXPECT_EQ(failure_of(seen), "57014");
    EXPECT_THAT(seen.failure->error.message, HasSubstr("statement timeout"));
    EXPECT_EQ(seen.statements[1].would_be_cancelled_after, std::nullopt);
}

TEST_F(ReplaySettings, AFailedTransactionIsNotAsked) {
    EXPECT_EQ(failure_of(replay_file("BEGIN;\nSET LOCAL lock_timeout = '1s';\nSELECT 1/0;\n")),
              "22012");
    EXPECT_EQ(failure_of(replay_file("SET lock_timeout = 'soon';\n")), "22023");
}

}  // namespace
}  // namespace rehearse::test
