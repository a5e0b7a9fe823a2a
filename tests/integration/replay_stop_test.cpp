#include "rehearse/base/error.hpp"
#include "rehearse/base/interrupt.hpp"

#include "replay_fixture.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace rehearse::test {
namespace {

using namespace std::chrono_literals;
using observe::MigrationObservation;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class ReplayStops : public ReplayTest {
  protected:
    // Does it once the performer's backend runs something long.
    std::jthread once_asleep(std::function<void(const std::string& pid)> act) {
        return std::jthread{[this, act = std::move(act)] {
            std::string pid;
            while (pid.empty()) {
                pid = value_of(
                    "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = "
                    "current_database() AND application_name = 'rehearse performer'");
            }
            act(pid);
        }};
    }
};

TEST_F(ReplayStops, GivesUpOnAStatementThatNeverEnds) {
    run_sql("CREATE TABLE t(i int)");
    replay::ReplayOptions options;
    options.give_up_after = 200ms;
    for (const bool observe : {true, false}) {
        options.observe = observe;
        add_migration("INSERT INTO t VALUES (1);\nSELECT pg_sleep(1000);\nDROP TABLE t;\n");
        add_migration("DROP TABLE t;\n");
        const replay::Observations all = replay_all(options);
        migrations_.clear();
        const MigrationObservation& seen = all.migrations[0];
        ASSERT_TRUE(seen.failure);
        EXPECT_TRUE(seen.failure->gave_up);
        EXPECT_EQ(seen.failure->error.sqlstate.code, "57014");
        EXPECT_EQ(seen.failure->ordinal, 2U);
        EXPECT_TRUE(seen.statements.back().gave_up);
        EXPECT_GE(seen.elapsed, 200ms);
        EXPECT_FALSE(all.migrations[1].ran);
    }
    EXPECT_EQ(value_of("SELECT count(*) FROM t"), "2");
}

TEST_F(ReplayStops, AnInterruptEndsTheStatementAndTheReplay) {
    Interrupt::install();
    const auto user = once_asleep([](const std::string&) { Interrupt::request(); });
    try {
        replay_file("SELECT pg_sleep(1000);\n");
        FAIL() << "not interrupted";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::interrupted);
    }
    Interrupt::reset();
    EXPECT_EQ(value_of("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"), "0");
}

TEST_F(ReplayStops, AnInterruptBetweenTinyStatementsIsSeen) {
    Interrupt::install();
    listener_.on_statement = [](const std::string& sql) {
        if (sql == "SELECT 2") Interrupt::request();
    };
    EXPECT_THROW(replay_file("SELECT 1;\nSELECT 2;\nSELECT 3;\n"), Error);
    Interrupt::reset();
    EXPECT_THAT(listener_.told, Not(Contains(HasSubstr("SELECT 3"))));
}

TEST_F(ReplayStops, AKilledBackendIsALostScratchWithTheServersLog) {
    const auto killer = once_asleep(
        [this](const std::string& pid) { value_of("SELECT pg_terminate_backend(" + pid + ")"); });
    try {
        replay_file("SELECT 1;\nSELECT pg_sleep(1000);\n");
        FAIL() << "the backend was terminated";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::scratch);
        EXPECT_THAT(error.message(),
                    HasSubstr("terminating connection due to administrator command"));
        EXPECT_THAT(error.hints(), Not(IsEmpty()));
        EXPECT_THAT(error.output_tail(), Contains(HasSubstr("administrator command")));
        ASSERT_THAT(error.context(), SizeIs(2));
        EXPECT_THAT(error.context()[0], HasSubstr("_test.sql"));
        EXPECT_EQ(error.context()[1], "running statement 2, line 2");
    }
}

TEST_F(ReplayStops, TimeoutsAreEnforcedOnlyWhenAsked) {
    const std::string shown =
        "CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS lock, "
        "current_setting('statement_timeout') AS statement;\n";
    replay_file(shown);
    EXPECT_EQ(value_of("SELECT lock || ' ' || statement FROM seen"), "0 0");
    run_sql("DROP TABLE seen");
    replay::ReplayOptions options;
    options.enforce_timeouts = true;
    replay_file(shown, Mode::autocommit, options);
    EXPECT_EQ(value_of("SELECT lock || ' ' || statement FROM seen"), "5s 1min");
}

TEST_F(ReplayStops, AServerWithoutOurMarkerIsRefused) {
    add_migration("CREATE TABLE t(i int);\n");
    plan::ReplayPlan plan;
    plan.migrations.push_back({migrations_[0], plan::survey_file(migrations_[0]), true});
    LocalScratch scratch{server()};
    for (const std::string marker : {"another-run", ""}) {
        try {
            replay_plan(plan, scratch, database(), marker, {}, listener_);
            FAIL() << "ran on a server with another marker";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::scratch);
            EXPECT_THAT(error.message(), HasSubstr("is not this run's scratch"));
        }
    }
    EXPECT_EQ(value_of("SELECT to_regclass('t') IS NULL"), "t");
}

TEST_F(ReplayStops, TheLiveLineHearsOfALongStatement) {
    run_sql("CREATE TABLE t(i int)");
    replay_file("BEGIN;\nLOCK TABLE t;\nSELECT pg_sleep(0.8);\nCOMMIT;\n");
    const std::lock_guard lock{listener_.mutex};
    EXPECT_THAT(listener_.running, Contains("AccessExclusiveLock on t"));
}

TEST_F(ReplayStops, ManySmallStatementsTakeLittleMemoryAndFold) {
    run_sql("CREATE TABLE a(i int); CREATE TABLE b(i int)");
    std::string text = "BEGIN;\n";
    for (int i = 0; i < 4000; ++i) {
        const std::string value = std::to_string(i);
        text += "INSERT INTO a VALUES (" + value + ");\nINSERT INTO b VALUES (" + value + ");\n";
    }
    const MigrationObservation seen = replay_file(text + "COMMIT;\n");
    EXPECT_EQ(failure_of(seen), "");
    std::uint64_t statements = 0;
    Millis elapsed{};
    for (const auto& statement : seen.statements) {
        statements += statement.repeated;
        elapsed += statement.elapsed + statement.commit_elapsed.value_or(Millis{});
    }
    EXPECT_EQ(statements, 8002U);
    EXPECT_NEAR(elapsed.count(), seen.elapsed.count(), 0.001);
    EXPECT_LT(seen.statements.size(), 7000U);
    EXPECT_EQ(value_of("SELECT count(*) FROM b"), "4000");
}

}  // namespace
}  // namespace rehearse::test
