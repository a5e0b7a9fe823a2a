#include "rehearse/base/text.hpp"
#include "rehearse/sql/script.hpp"

#include "support/local_postgres.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rehearse::sql {
namespace {

using TransactionUseTest = rehearse::test::PostgresTest;

constexpr const char* kObjects = R"(
    create schema s;
    create table t (a int, b int);
    create index i on t (a);
    create table p (a int) partition by list (a);
    create table c partition of p for values in (1);
    create index pi on p (a);
    create materialized view m as select 1 as a;
    create unique index on m (a);
    create type e as enum ('x');
    create procedure no_commit() language sql as 'select 1';
)";

// What the server says of each statement, in the order given: psql's error output, with SQLSTATEs.
std::vector<std::string> answers_to(rehearse::test::LocalPostgres& server,
                                    const std::string& database,
                                    const std::vector<std::string>& statements, bool in_block) {
    std::string script = "\\set VERBOSITY verbose\n";
    for (const std::string& statement : statements) {
        script += "\\warn ==\n";
        script += in_block ? "begin;\n" + statement + ";\nrollback;\n" : statement + ";\n";
    }
    const auto result = server.run_client("psql", {"-X", "-q", "-f", "-"}, database, script);
    std::vector<std::string> answers;
    for (const std::string& line : split_lines(result.err)) {
        if (line == "==") {
            answers.emplace_back();
        } else if (!answers.empty()) {
            answers.back() += line + "\n";
        }
    }
    return answers;
}

bool has(const std::string& answer, const char* sqlstate) {
    return answer.find(sqlstate) != std::string::npos;
}

TEST_F(TransactionUseTest, is_what_the_server_makes_of_it_in_a_block) {
    run_sql(kObjects);
    const std::vector<std::string> statements = {
        "create index concurrently j on t (a)",
        "create index j on t (a)",
        "drop index concurrently i",
        "drop index i",
        "reindex index concurrently i",
        "reindex (concurrently) table t",
        "reindex (verbose, concurrently false) table t",
        "reindex table t",
        "reindex table p",
        "reindex index pi",
        "reindex schema s",
        "reindex schema concurrently s",
        "vacuum",
        "vacuum full t",
        "vacuum (analyze) t",
        "analyze",
        "analyze t",
        "cluster",
        "cluster t using i",
        "cluster p using pi",
        "create database d",
        "drop database if exists d",
        "create tablespace ts location '/nowhere'",
        "drop tablespace if exists ts",
        "alter system set work_mem = '5MB'",
        "alter database postgres set tablespace pg_default",
        "alter database postgres set work_mem = '5MB'",
        "alter table p detach partition c concurrently",
        "alter table p detach partition c",
        "create subscription sub connection 'host=/nowhere' publication pub",
        "create subscription sub connection '' publication pub with (create_slot = true)",
        "create subscription sub connection '' publication pub with (connect = false)",
        "discard all",
        "discard temp",
        "alter type e add value 'y'",
        "refresh materialized view m",
        "refresh materialized view concurrently m",
        "commit prepared 'none'",
        "rollback prepared 'none'",
        "create table n (a int)",
        "alter table t add column n int",
        "truncate t",
        "lock table t",
        "call no_commit()",
        "do $$ begin perform 1; end $$",
        "insert into t values (1)",
    };
    const auto answers = answers_to(server(), database(), statements, true);
    ASSERT_EQ(answers.size(), statements.size());
    for (std::size_t i = 0; i < statements.size(); ++i) {
        SCOPED_TRACE(statements[i] + "\n" + answers[i]);
        const TransactionUse use = classify(statements[i]).transaction_use;
        if (has(answers[i], "25001")) {
            EXPECT_TRUE(use == TransactionUse::forbidden || use == TransactionUse::may_be_refused);
        } else {
            EXPECT_NE(use, TransactionUse::forbidden);
        }
        EXPECT_EQ(classify(statements[i]).syntax_error, "");
    }
}

TEST_F(TransactionUseTest, needs_block_is_what_the_server_refuses_or_warns_of_without_one) {
    run_sql(kObjects);
    const std::vector<std::string> statements = {
        "lock table t in share mode",
        "declare k cursor for select 1",
        "declare l cursor with hold for select 1",
        "set local work_mem = '5MB'",
        "set work_mem = '5MB'",
        "set transaction read only",
        "set session characteristics as transaction read write",
        "set constraints all deferred",
        "reset work_mem",
        "truncate t",
        "select 1 from t for update",
    };
    const auto answers = answers_to(server(), database(), statements, false);
    ASSERT_EQ(answers.size(), statements.size());
    for (std::size_t i = 0; i < statements.size(); ++i) {
        SCOPED_TRACE(statements[i] + "\n" + answers[i]);
        EXPECT_EQ(classify(statements[i]).transaction_use == TransactionUse::needs_block,
                  has(answers[i], "25P01"));
    }
}

}  // namespace
}  // namespace rehearse::sql
