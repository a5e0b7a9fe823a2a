#include "rehearse/base/error.hpp"
#include "rehearse/base/interrupt.hpp"
#include "rehearse/pg/performer_session.hpp"

#include "support/local_postgres.hpp"

#include <gmock/gmock.h>

#include <cstring>
#include <thread>

namespace rehearse::test {
namespace {

using namespace std::chrono_literals;
using pg::ExecuteResult;
using pg::PerformerSession;
using pg::TransactionState;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using Performer = PostgresTest;

// Hands out a text in chunks as small as asked for.
std::function<std::size_t(std::span<char>)> chunks_of(std::string text, std::size_t chunk = 7) {
    return [text = std::move(text), chunk, at = std::size_t{0}](std::span<char> buffer) mutable {
        const std::size_t size = std::min({chunk, buffer.size(), text.size() - at});
        std::memcpy(buffer.data(), text.data() + at, size);
        at += size;
        return size;
    };
}

TEST_F(Performer, TellsTagRowsAndElapsed) {
    PerformerSession performer{where()};
    EXPECT_EQ(performer.execute("CREATE TABLE t(i int)").command_tag, "CREATE TABLE");
    const ExecuteResult inserted = performer.execute("INSERT INTO t SELECT generate_series(1, 3)");
    EXPECT_EQ(inserted.command_tag, "INSERT 0 3");
    EXPECT_EQ(inserted.rows, 3);
    EXPECT_EQ(performer.execute("SELECT * FROM t").rows, 3);
    EXPECT_EQ(performer.execute("").command_tag, "");
    const ExecuteResult slow = performer.execute("SELECT pg_sleep(0.05)");
    EXPECT_GE(slow.elapsed, 50ms);
    EXPECT_LT(slow.elapsed, 5s);
    EXPECT_EQ(performer.marker(), LocalPostgres::kMarker);
}

TEST_F(Performer, SeveralStatementsInOneTextAnswerForTheLast) {
    PerformerSession performer{where()};
    const ExecuteResult answer =
        performer.execute("CREATE TABLE t(i int); INSERT INTO t VALUES (1); UPDATE t SET i = 2");
    EXPECT_EQ(answer.command_tag, "UPDATE 1");
    const ExecuteResult failed = performer.execute("DELETE FROM t; SELECT 1/0; DELETE FROM t");
    ASSERT_TRUE(failed.error);
    EXPECT_TRUE(failed.error->sqlstate.is("22012"));
    EXPECT_EQ(value_of("SELECT count(*) FROM t"), "1");
}

TEST_F(Performer, KeepsTheFieldsOfAnError) {
    PerformerSession performer{where()};
    performer.execute("CREATE TABLE t(i int CONSTRAINT positive CHECK (i > 0))");
    const ExecuteResult refused = performer.execute("INSERT INTO t VALUES (-1)");
    ASSERT_TRUE(refused.error);
    EXPECT_EQ(refused.error->sqlstate.code, "23514");
    EXPECT_EQ(refused.error->constraint, "positive");
    EXPECT_EQ(refused.error->relation, (pg::RelationName{"public", "t"}));
    EXPECT_THAT(refused.error->detail, HasSubstr("(-1)"));
    EXPECT_EQ(refused.error->position, std::nullopt);

    const ExecuteResult unknown = performer.execute("SELECT 'ä', nope FROM t");
    ASSERT_TRUE(unknown.error);
    EXPECT_EQ(unknown.error->position, 13U);  // in characters
}

TEST_F(Performer, KnowsItsTransaction) {
    PerformerSession performer{where()};
    EXPECT_EQ(performer.transaction_state(), TransactionState::idle);
    performer.execute("BEGIN");
    EXPECT_EQ(performer.transaction_state(), TransactionState::in_transaction);
    performer.execute("SELECT 1/0");
    EXPECT_EQ(performer.transaction_state(), TransactionState::in_failed_transaction);
    performer.execute("ROLLBACK");
    EXPECT_EQ(performer.transaction_state(), TransactionState::idle);
}

TEST_F(Performer, KeepsNoticesAndDropsLogLines) {
    PerformerSession performer{where()};
    const ExecuteResult answer =
        performer.execute("DO $$ BEGIN RAISE NOTICE 'n'; RAISE WARNING 'w'; RAISE LOG 'l'; END $$");
    ASSERT_THAT(answer.notices, SizeIs(2));
    EXPECT_EQ(answer.notices[0].severity, "NOTICE");
    EXPECT_EQ(answer.notices[1].severity, "WARNING");
    EXPECT_EQ(answer.notices[1].message, "w");
    EXPECT_EQ(answer.notices[1].sqlstate.code, "01000");
}

TEST_F(Performer, CountsNoticesThatAreTooManyToKeep) {
    PerformerSession performer{where()};
    const ExecuteResult answer =
        performer.execute("DO $$ BEGIN FOR i IN 1..1000 LOOP RAISE NOTICE 'n'; END LOOP; END $$");
    ASSERT_THAT(answer.notices, SizeIs(pg::kMostNotices + 1));
    EXPECT_EQ(answer.notices.back().message, "900 more notices left out");
}

TEST_F(Performer, CountsTemporaryFiles) {
    PerformerSession performer{where()};
    const std::string sort =
        "SELECT count(*) FROM (SELECT generate_series(1, 200000) AS i ORDER BY 1 DESC) s";
    performer.execute("SET work_mem = '64kB'");
    const ExecuteResult answer = performer.execute(sort);
    EXPECT_GT(answer.temp_bytes, 1'000'000);
    EXPECT_THAT(answer.notices, IsEmpty());

    PerformerSession quiet{where(), false};
    quiet.execute("SET work_mem = '64kB'");
    EXPECT_EQ(quiet.execute(sort).temp_bytes, 0);
    EXPECT_EQ(value_of("SHOW client_min_messages"), "notice");
}

TEST_F(Performer, CopiesDataIn) {
    PerformerSession performer{where()};
    performer.execute("CREATE TABLE t(i int, v text)");
    const ExecuteResult copied =
        performer.copy_in("COPY t FROM STDIN", chunks_of("1\tone\n2\ttwo\n"));
    EXPECT_EQ(copied.command_tag, "COPY 2");
    EXPECT_EQ(value_of("SELECT string_agg(v, ',' ORDER BY i) FROM t"), "one,two");

    const ExecuteResult bad = performer.copy_in("COPY t FROM STDIN", chunks_of("3\tthree\nx\ty\n"));
    ASSERT_TRUE(bad.error);
    EXPECT_EQ(bad.error->sqlstate.code, "22P02");
    EXPECT_THAT(bad.error->context, HasSubstr("line 2"));
    EXPECT_EQ(performer.transaction_state(), TransactionState::idle);
    EXPECT_EQ(value_of("SELECT count(*) FROM t"), "2");
}

TEST_F(Performer, CopiesMoreThanTheSocketTakesAtOnce) {
    PerformerSession performer{where()};
    performer.execute("CREATE TABLE t(v text)");
    std::string data;
    for (int i = 0; i < 200'000; ++i) data += std::string(40, 'x') + "\n";
    EXPECT_EQ(performer.copy_in("COPY t FROM STDIN", chunks_of(data, 64 * 1024)).rows, 200'000);
}

TEST_F(Performer, CopyWithoutDataIsTheServersError) {
    PerformerSession performer{where()};
    performer.execute("CREATE TABLE t(v text)");
    const ExecuteResult answer = performer.execute("COPY t FROM STDIN");
    ASSERT_TRUE(answer.error);
    EXPECT_EQ(answer.error->sqlstate.code, "57014");
    EXPECT_FALSE(answer.cancelled_by_us);
}

TEST_F(Performer, DrainsWhatCopySendsOut) {
    PerformerSession performer{where()};
    const ExecuteResult answer =
        performer.execute("COPY (SELECT generate_series(1, 100000)) TO STDOUT");
    EXPECT_EQ(answer.rows, 100'000);
    EXPECT_EQ(performer.execute("SELECT 1").rows, 1);
}

TEST_F(Performer, GivesUpOnAStatementThatNeverEnds) {
    PerformerSession performer{where()};
    const ExecuteResult answer = performer.execute("SELECT pg_sleep(1000)", 50ms);
    ASSERT_TRUE(answer.error);
    EXPECT_EQ(answer.error->sqlstate.code, "57014");
    EXPECT_TRUE(answer.cancelled_by_us);
    EXPECT_LT(answer.elapsed, 20s);
    EXPECT_EQ(performer.execute("SELECT 1", 10s).rows, 1);
}

TEST_F(Performer, GivesUpOnAStatementThatNeverStopsSending) {
    PerformerSession performer{where()};
    for (const char* endless : {"SELECT generate_series(1, 1e15::bigint)",
                                "COPY (SELECT generate_series(1, 1e15::bigint)) TO STDOUT",
                                "DO $$ BEGIN LOOP RAISE NOTICE 'again'; END LOOP; END $$"}) {
        EXPECT_TRUE(performer.execute(endless, 50ms).cancelled_by_us) << endless;
        EXPECT_EQ(performer.execute("SELECT 1", 10s).rows, 1);
    }
}

TEST_F(Performer, GivesUpOnACopyThatNeverEnds) {
    PerformerSession performer{where()};
    performer.execute("CREATE TABLE t(v text)");
    const auto endless = [](std::span<char> buffer) {
        std::fill(buffer.begin(), buffer.end(), 'x');
        buffer.back() = '\n';
        return buffer.size();
    };
    const ExecuteResult answer = performer.copy_in("COPY t FROM STDIN", endless, 50ms);
    EXPECT_TRUE(answer.cancelled_by_us);
    EXPECT_EQ(value_of("SELECT count(*) FROM t"), "0");

    // The server waits and reads nothing more.
    performer.execute(
        "CREATE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN PERFORM pg_sleep(1000); RETURN NEW; END'; "
        "CREATE TRIGGER stuck BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION stuck()");
    EXPECT_TRUE(performer.copy_in("COPY t FROM STDIN", endless, 50ms).cancelled_by_us);
}

TEST_F(Performer, ATimeoutThatTheFileSetsIsAnOrdinaryError) {
    PerformerSession performer{where()};
    performer.execute("SET statement_timeout = '20ms'");
    const ExecuteResult answer = performer.execute("SELECT pg_sleep(1000)", 60s);
    ASSERT_TRUE(answer.error);
    EXPECT_EQ(answer.error->sqlstate.code, "57014");
    EXPECT_FALSE(answer.cancelled_by_us);
}

TEST_F(Performer, AQuestionThatATimeoutOfTheFileEndsIsLeftUnanswered) {
    run_sql("CREATE TABLE t(i int)");
    PerformerSession performer{where()};
    const auto table =
        static_cast<pg::Oid>(std::stoul(value_of("SELECT 't'::regclass::oid::text")));
    performer.execute("INSERT INTO t VALUES (1)");
    const auto told = performer.try_activity({table});
    ASSERT_TRUE(told);
    EXPECT_EQ(told->relations.at(table).inserted, 1);
    performer.execute("SET statement_timeout = 1");
    EXPECT_FALSE(performer.try_activity(std::vector<pg::Oid>(1000000, table)));
    EXPECT_EQ(performer.transaction_state(), TransactionState::idle);
}

TEST_F(Performer, SettingsAreShownWithoutASnapshot) {
    run_sql("ALTER DATABASE " + database() + " SET statement_timeout = '90s'");
    PerformerSession performer{where()};
    performer.execute("BEGIN");
    auto shown = performer.show({"statement_timeout", "search_path"});
    EXPECT_EQ(shown["statement_timeout"], "90s");
    EXPECT_EQ(shown["search_path"], "\"$user\", public");
    EXPECT_EQ(performer.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE").error,
              std::nullopt);
    EXPECT_THROW(performer.show({"no_such_parameter"}), Error);
}

TEST_F(Performer, AnInterruptCancelsTheStatement) {
    Interrupt::install();
    PerformerSession performer{where()};
    const int pid = performer.backend_pid();
    std::jthread user{[&] {
        // Once the statement is seen running.
        while (value_of("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid = " +
                        std::to_string(pid)) != "1") {
        }
        Interrupt::request();
    }};
    try {
        performer.execute("SELECT pg_sleep(1000)");
        FAIL() << "not interrupted";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::interrupted);
    }
    user.join();
    Interrupt::reset();
    EXPECT_EQ(value_of("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid = " +
                       std::to_string(pid)),
              "0");
}

TEST_F(Performer, AKilledBackendIsAScratchErrorThatSaysWhy) {
    PerformerSession performer{where()};
    const int pid = performer.backend_pid();
    std::jthread killer{[&] {
        while (value_of("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid = " +
                        std::to_string(pid)) != "1") {
        }
        value_of("SELECT pg_terminate_backend(" + std::to_string(pid) + ")");
    }};
    try {
        performer.execute("SELECT pg_sleep(1000)");
        FAIL() << "the backend was terminated";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::scratch);
        EXPECT_THAT(error.message(),
                    HasSubstr("terminating connection due to administrator command"));
        EXPECT_THAT(error.hints(), testing::Not(IsEmpty()));
    }
}

TEST_F(Performer, SeesRelationsOfItsOwnOpenTransaction) {
    PerformerSession performer{where()};
    performer.execute("BEGIN");
    performer.execute(
        "CREATE SCHEMA \"Odd \"\"one\"; CREATE TABLE \"Odd \"\"one\".t(i int PRIMARY KEY)");
    // Only this session can tell the oids.
    const ExecuteResult told = performer.execute(
        "DO $$ BEGIN RAISE NOTICE '%', '\"Odd \"\"one\".t'::regclass::oid; "
        "RAISE NOTICE '%', '\"Odd \"\"one\".t_pkey'::regclass::oid; END $$");
    ASSERT_THAT(told.notices, SizeIs(2));
    const auto table = static_cast<pg::Oid>(std::stoul(told.notices[0].message));
    const auto index = static_cast<pg::Oid>(std::stoul(told.notices[1].message));
    const pg::RelationMap relations = performer.read_relations({table, index, 1});
    ASSERT_THAT(relations, SizeIs(2));
    EXPECT_EQ(relations.at(table).name, (pg::RelationName{"Odd \"one", "t"}));
    EXPECT_EQ(relations.at(table).relkind, 'r');
    EXPECT_EQ(relations.at(index).table_of_index, table);
    EXPECT_TRUE(relations.at(index).index_is_valid);
    EXPECT_NE(relations.at(table).relfilenode, 0U);
    EXPECT_EQ(performer.transaction_state(), TransactionState::in_transaction);
}

}  // namespace
}  // namespace rehearse::test
