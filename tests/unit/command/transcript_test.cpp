#include "command/transcript.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::command {
namespace {

using testing::ElementsAre;
using testing::SizeIs;
using namespace std::chrono_literals;

const auto kBegin = *from_iso8601("2026-11-27T23:29:30Z");

// Statements of one session, 10 ms each.
class Transcript : public testing::Test {
  protected:
    void run(const std::string& sql, const std::string& transaction = "3/9",
             std::optional<pg::ServerError> error = std::nullopt, int pid = 7) {
        LoggedStatement statement;
        statement.pid = pid;
        statement.virtualtransaction = transaction;
        statement.text = sql;
        statement.began = kBegin + 20ms * ran_++;
        statement.elapsed = 10ms;
        statement.error = std::move(error);
        writer_.add(statement);
    }

    static std::vector<std::string> texts_of(TranscribedMigration& migration) {
        std::vector<std::string> texts;
        for (const auto& statement : migration.recorder.take()) texts.push_back(statement.sql);
        return texts;
    }

    std::string file_;
    int ran_ = 0;
    TranscriptWriter writer_{HistoryTables{}, {}, [this](const std::string& t) { file_ += t; }};
};

pg::ServerError some_error() {
    pg::ServerError error;
    error.message = "no";
    return error;
}

constexpr const char* kDone1 = "INSERT INTO schema_migrations (version) VALUES ('1')";
constexpr const char* kDone2 = "INSERT INTO schema_migrations (version) VALUES ('2')";

}  // namespace

TEST_F(Transcript, EachRowOfTheHistoryEndsAMigration) {
    run("SELECT version FROM schema_migrations", "3/1");
    run("BEGIN", "3/2");
    run("ALTER TABLE a ADD x int", "3/2");
    run(kDone1, "3/2");
    run("COMMIT", "3/2");
    run("BEGIN", "3/3");
    run("ALTER TABLE b ADD x int", "3/3");
    run("ALTER TABLE c ADD x int", "3/3");
    run(kDone2, "3/3");
    run("COMMIT", "3/3");
    auto transcript = writer_.take();
    ASSERT_THAT(transcript.migrations, SizeIs(2));
    EXPECT_EQ(transcript.migrations[0].written->version, "1");
    EXPECT_EQ(transcript.migrations[1].written->version, "2");
    // Its statements and its COMMIT, without the tool's own.
    EXPECT_EQ(transcript.migrations[0].elapsed, 20ms);
    EXPECT_EQ(transcript.migrations[1].began, 20ms);
    EXPECT_EQ(transcript.migrations[1].elapsed, 30ms);
    EXPECT_THAT(texts_of(transcript.migrations[0]), ElementsAre("ALTER TABLE a ADD x int"));
    const auto second = transcript.migrations[1].recorder.take();
    ASSERT_THAT(second, SizeIs(2));
    EXPECT_FALSE(second[0].commit_elapsed);
    EXPECT_EQ(second[1].commit_elapsed, 10ms);
    EXPECT_EQ(second[1].started, 10ms);
    EXPECT_TRUE(transcript.migrations[0].was_in_block);
}

TEST_F(Transcript, OneTransactionForAllIsStillSeveralMigrations) {
    run("BEGIN");
    run("ALTER TABLE a ADD x int");
    run("INSERT INTO alembic_version (version_num) VALUES ('a1')");
    run("ALTER TABLE b ADD x int");
    run("UPDATE alembic_version SET version_num = 'b2'");
    run("COMMIT");
    auto transcript = writer_.take();
    ASSERT_THAT(transcript.migrations, SizeIs(2));
    EXPECT_EQ(transcript.migrations[0].elapsed, 10ms);
    EXPECT_EQ(transcript.migrations[1].elapsed, 20ms);
    EXPECT_EQ(transcript.transactions.at("3/9").at, 30ms);
    EXPECT_FALSE(transcript.transactions.at("3/9").rolled_back);
}

// Flyway and Liquibase write it after the migration's COMMIT.
TEST_F(Transcript, ARowFromAnotherSessionEndsItToo) {
    run("BEGIN", "3/2");
    run("ALTER TABLE a ADD x int", "3/2");
    run("COMMIT", "3/2");
    run(kDone1, "4/2", std::nullopt, 8);
    run("CREATE INDEX CONCURRENTLY i ON a (x)", "3/3");
    run(kDone2, "4/3", std::nullopt, 8);
    auto transcript = writer_.take();
    ASSERT_THAT(transcript.migrations, SizeIs(2));
    EXPECT_EQ(transcript.migrations[0].elapsed, 20ms);
    EXPECT_THAT(texts_of(transcript.migrations[1]),
                ElementsAre("CREATE INDEX CONCURRENTLY i ON a (x)"));
    EXPECT_FALSE(transcript.migrations[1].was_in_block);
}

TEST_F(Transcript, WhatComesAfterTheLastRowHasNone) {
    run("ALTER TABLE a ADD x int", "3/1");
    run(kDone1, "3/2");
    run("INSERT INTO content_types VALUES (1)", "3/3");
    auto transcript = writer_.take();
    ASSERT_THAT(transcript.migrations, SizeIs(2));
    EXPECT_FALSE(transcript.migrations[1].written);
    EXPECT_TRUE(transcript.migrations[1].did_more_than_read);
}

TEST_F(Transcript, ReadingAloneIsNoWork) {
    run("SELECT id FROM users WHERE id = 1", "3/1");
    const auto transcript = writer_.take();
    ASSERT_THAT(transcript.migrations, SizeIs(1));
    EXPECT_FALSE(transcript.migrations[0].did_more_than_read);
}

TEST_F(Transcript, ATransactionThatWasRolledBackSaysSo) {
    run("BEGIN", "3/2");
    run("ALTER TABLE a ADD x int", "3/2");
    run(kDone1, "3/2");
    run("ALTER TABLE nowhere ADD x int", "3/2", some_error());
    run("ROLLBACK", "3/2");
    const auto transcript = writer_.take();
    ASSERT_THAT(transcript.migrations, SizeIs(2));
    EXPECT_TRUE(transcript.transactions.at("3/2").rolled_back);
    ASSERT_TRUE(transcript.migrations[1].failed);
    EXPECT_EQ(transcript.migrations[1].failed->ordinal, 1U);
}

TEST_F(Transcript, ATransactionThatNobodyEndedWasRolledBack) {
    run("BEGIN", "3/2");
    run("ALTER TABLE a ADD x int", "3/2");
    EXPECT_TRUE(writer_.take().transactions.at("3/2").rolled_back);
}

TEST_F(Transcript, ARowThatWasRefusedEndsNothing) {
    run("ALTER TABLE a ADD x int", "3/1");
    run(kDone1, "3/2", some_error());
    const auto transcript = writer_.take();
    ASSERT_THAT(transcript.migrations, SizeIs(1));
    EXPECT_FALSE(transcript.migrations[0].written);
    EXPECT_EQ(transcript.migrations[0].failed->error.message, "no");
}

TEST_F(Transcript, SeveralStatementsInOneQueryAreOneEntry) {
    run("CREATE TABLE a (x int); ALTER TABLE b ADD x int; INSERT INTO schema_migrations (version) "
        "VALUES ('1')");
    auto transcript = writer_.take();
    ASSERT_THAT(transcript.migrations, SizeIs(1));
    EXPECT_EQ(transcript.migrations[0].written->version, "1");
    EXPECT_TRUE(transcript.migrations[0].had_several);
    const auto statements = transcript.migrations[0].recorder.take();
    ASSERT_THAT(statements, SizeIs(1));
    EXPECT_THAT(statements[0].classification.relations, SizeIs(2));
    EXPECT_EQ(statements[0].elapsed, 10ms);
}

TEST_F(Transcript, PositionsAreLinesOfTheFile) {
    run("ALTER TABLE a\n  ADD x int", "3/1");
    run("ALTER TABLE b ADD x int", "3/2");
    run(kDone1, "3/3");
    auto transcript = writer_.take();
    const auto statements = transcript.migrations[0].recorder.take();
    EXPECT_EQ(statements[0].position.line, 1);
    EXPECT_EQ(statements[0].last_line, 2);
    EXPECT_EQ(statements[1].position.line, 3);
    EXPECT_EQ(file_,
              "ALTER TABLE a\n  ADD x int;\nALTER TABLE b ADD x int;\n-- rails: 1 is done\n");
}

TEST_F(Transcript, ASettingCountsFromItsStatementOn) {
    run("ALTER TABLE a ADD x int", "3/1");
    run("SET lock_timeout = '5s'", "3/2");
    run("SET statement_timeout TO 1500", "3/3");
    run("ALTER TABLE b ADD x int", "3/4");
    run("RESET lock_timeout", "3/5");
    run("ALTER TABLE c ADD x int", "3/6");
    const auto statements = writer_.take().migrations[0].recorder.take();
    EXPECT_EQ(statements.front().settings.lock_timeout, 0ms);
    EXPECT_EQ(statements[3].settings.lock_timeout, 5s);
    EXPECT_EQ(statements[3].settings.statement_timeout, 1500ms);
    EXPECT_EQ(statements.back().settings.lock_timeout, 0ms);
}

}  // namespace rehearse::command
