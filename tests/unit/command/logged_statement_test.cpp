#include "command/logged_statement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::command {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using testing::SizeIs;
using namespace std::chrono_literals;

const auto kBegin = *from_iso8601("2026-11-27T23:29:30Z");

LogEntry entry_at(std::chrono::milliseconds time, const std::string& message,
                  const std::string& transaction = "3/2", int pid = 7) {
    LogEntry entry;
    entry.log_time = kBegin + time;
    entry.database_name = "shop";
    entry.process_id = pid;
    entry.virtual_transaction_id = transaction;
    entry.error_severity = "LOG";
    entry.message = message;
    return entry;
}

LogEntry with_tag(LogEntry entry, const std::string& tag) {
    entry.command_tag = tag;
    return entry;
}

LogEntry with_detail(LogEntry entry, const std::string& detail) {
    entry.detail = detail;
    return entry;
}

LogEntry error_at(std::chrono::milliseconds time, const std::string& query,
                  const std::string& severity = "ERROR") {
    auto entry = entry_at(time, "division by zero");
    entry.error_severity = severity;
    entry.sql_state_code = "22012";
    entry.query = query;
    return entry;
}

std::vector<LoggedStatement> statements_of(const std::vector<LogEntry>& entries) {
    StatementAssembler assembler;
    std::vector<LoggedStatement> all;
    for (const auto& entry : entries) {
        for (auto& statement : assembler.add(entry)) all.push_back(std::move(statement));
    }
    for (auto& statement : assembler.rest()) all.push_back(std::move(statement));
    return all;
}

}  // namespace

TEST(LoggedStatement, OfTheSimpleProtocolIsItsStartAndItsDuration) {
    const auto all = statements_of({
        entry_at(256ms, "statement: alter table t add c int"),
        with_tag(entry_at(272ms, "duration: 15.808 ms", "3/0"), "ALTER TABLE"),
    });
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_EQ(all[0].text, "alter table t add c int");
    EXPECT_EQ(all[0].command_tag, "ALTER TABLE");
    EXPECT_EQ(all[0].elapsed, Millis{15.808});
    EXPECT_EQ(all[0].began, kBegin + 256ms);
    // The transaction that it ran in, not the one after it.
    EXPECT_EQ(all[0].virtualtransaction, "3/2");
    EXPECT_FALSE(all[0].error);
    EXPECT_FALSE(all[0].was_cut_off);
}

TEST(LoggedStatement, OfTheExtendedProtocolIsParseBindAndExecute) {
    const auto all = statements_of({
        entry_at(10ms, "duration: 1.000 ms  parse <unnamed>: insert into t values ($1,$2)", "3/0"),
        with_detail(
            entry_at(11ms, "duration: 0.500 ms  bind <unnamed>: insert into t values ($1,$2)"),
            "parameters: $1 = '1', $2 = NULL"),
        with_detail(entry_at(11ms, "execute <unnamed>: insert into t values ($1,$2)"),
                    "parameters: $1 = '1', $2 = NULL"),
        with_tag(entry_at(12ms, "duration: 0.250 ms"), "INSERT"),
    });
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_EQ(all[0].text, "insert into t values ($1,$2)");
    EXPECT_EQ(all[0].elapsed, Millis{1.75});
    EXPECT_EQ(all[0].virtualtransaction, "3/2");
    EXPECT_THAT(all[0].parameters, ElementsAre(Optional(std::string{"1"}), std::nullopt));
}

TEST(LoggedStatement, ThatWasPreparedIsOneStatementAnExecution) {
    const auto all = statements_of({
        entry_at(1ms, "duration: 1.000 ms  parse p1: select $1"),
        entry_at(2ms, "duration: 0.100 ms  bind p1: select $1"),
        entry_at(2ms, "execute p1: select $1"),
        entry_at(3ms, "duration: 0.200 ms"),
        entry_at(4ms, "duration: 0.300 ms  bind p1: select $1"),
        entry_at(4ms, "execute p1: select $1"),
        entry_at(5ms, "duration: 0.400 ms"),
    });
    ASSERT_THAT(all, SizeIs(2));
    EXPECT_NEAR(all[0].elapsed.count(), 1.3, 1e-9);
    EXPECT_NEAR(all[1].elapsed.count(), 0.7, 1e-9);
}

TEST(LoggedStatement, ThatWasOnlyPreparedIsNone) {
    EXPECT_THAT(statements_of({entry_at(1ms, "duration: 1.000 ms  parse p1: select $1")}),
                IsEmpty());
}

TEST(LoggedStatement, ThatFailedHasItsErrorAndTheTimeUntilThen) {
    const auto all = statements_of({
        entry_at(100ms, "statement: select 1/0"),
        error_at(350ms, "select 1/0"),
    });
    ASSERT_THAT(all, SizeIs(1));
    ASSERT_TRUE(all[0].error);
    EXPECT_EQ(all[0].error->sqlstate.code, "22012");
    EXPECT_EQ(all[0].error->message, "division by zero");
    EXPECT_EQ(all[0].elapsed, 250ms);
    EXPECT_FALSE(all[0].was_cut_off);
}

// The server finds a syntax error before it logs the statement.
TEST(LoggedStatement, WithASyntaxErrorIsToldByTheErrorAlone) {
    const auto all = statements_of({error_at(350ms, "selec")});
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_EQ(all[0].text, "selec");
    EXPECT_TRUE(all[0].error);
}

TEST(LoggedStatement, AnErrorOfTheSessionIsNoStatements) {
    EXPECT_THAT(statements_of({error_at(1ms, "", "FATAL")}), IsEmpty());
}

TEST(LoggedStatement, WhoseSessionEndedInItWasCutOff) {
    const auto fatal =
        statements_of({entry_at(0ms, "statement: vacuum"), error_at(90ms, "vacuum", "FATAL")});
    ASSERT_THAT(fatal, SizeIs(1));
    EXPECT_TRUE(fatal[0].was_cut_off);
    EXPECT_EQ(fatal[0].elapsed, 90ms);
    const auto gone = statements_of({entry_at(0ms, "statement: vacuum")});
    ASSERT_THAT(gone, SizeIs(1));
    EXPECT_TRUE(gone[0].was_cut_off);
}

TEST(LoggedStatement, OfTwoSessionsAreKeptApart) {
    const auto all = statements_of({
        entry_at(1ms, "statement: a", "3/1", 7),
        entry_at(2ms, "statement: b", "4/1", 8),
        entry_at(3ms, "duration: 2.000 ms", "3/0", 7),
        entry_at(4ms, "duration: 3.000 ms", "4/0", 8),
    });
    ASSERT_THAT(all, SizeIs(2));
    EXPECT_EQ(all[0].text, "a");
    EXPECT_EQ(all[1].text, "b");
    EXPECT_EQ(all[1].elapsed, 3ms);
}

TEST(LoggedStatement, HasTheWarningsThatCameMeanwhile) {
    auto warning = entry_at(2ms, "there is already a transaction in progress");
    warning.error_severity = "WARNING";
    warning.sql_state_code = "25001";
    const auto all = statements_of(
        {entry_at(1ms, "statement: begin"), warning, entry_at(3ms, "duration: 1 ms")});
    ASSERT_THAT(all, SizeIs(1));
    ASSERT_THAT(all[0].notices, SizeIs(1));
    EXPECT_EQ(all[0].notices[0].sqlstate.code, "25001");
}

// auto_explain may be loaded by the snapshot's own settings.
TEST(LoggedStatement, ForgetsPlans) {
    const auto all = statements_of({
        entry_at(1ms, "statement: select 1"),
        entry_at(2ms, "duration: 0.007 ms  plan:\n{ }"),
        entry_at(3ms, "duration: 1.500 ms"),
    });
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_EQ(all[0].elapsed, Millis{1.5});
}

TEST(LoggedStatement, ParametersAreUnquoted) {
    EXPECT_THAT(
        parameters_in("parameters: $1 = 'o''k, $2 = ''x', $2 = NULL, $3 = ''"),
        ElementsAre(Optional(std::string{"o'k, $2 = 'x"}), std::nullopt, Optional(std::string{})));
    EXPECT_THAT(parameters_in("Parameters: $1 = 'a'"), ElementsAre(Optional(std::string{"a"})));
    EXPECT_THAT(parameters_in("Key (id)=(1) already exists."), IsEmpty());
}

}  // namespace rehearse::command
