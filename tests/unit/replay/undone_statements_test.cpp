#include "replay/undone_statements.hpp"

#include "rehearse/sql/script.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::replay {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

UndoneStatements after(const std::vector<std::string>& statements) {
    UndoneStatements undone;
    for (const std::string& sql : statements) undone.add(sql, sql::classify(sql));
    return undone;
}

TEST(UndoneStatements, SettingsAreKeptAsTheyWereSent) {
    EXPECT_THAT(after({"SET search_path = shop", "ALTER TABLE t ADD a int", "RESET ROLE",
                       "SELECT pg_catalog.SET_CONFIG('search_path', '', false)"})
                    .settings(),
                ElementsAre("SET search_path = shop", "RESET ROLE",
                            "SELECT pg_catalog.SET_CONFIG('search_path', '', false)"));
}

TEST(UndoneStatements, RowsMayHaveChangedThroughStatementsThatWriteAndThroughCode) {
    for (const char* sql : {"INSERT INTO t VALUES (1)", "UPDATE t SET a = 1", "DELETE FROM t",
                            "TRUNCATE t", "COPY t FROM STDIN", "DO $$ BEGIN END $$", "CALL f()",
                            "CREATE EXTENSION citext", "what the grammar does not know"}) {
        EXPECT_TRUE(after({sql}).changed_rows()) << sql;
    }
    for (const char* sql : {"ALTER TABLE t ADD a int", "SET role = shop", "SELECT 1",
                            "CREATE INDEX i ON t (a)", "SAVEPOINT s"}) {
        EXPECT_FALSE(after({sql}).changed_rows()) << sql;
    }
}

TEST(UndoneStatements, TablesOfStrongStatementsAreChangedByNameAlone) {
    const UndoneStatements undone =
        after({"ALTER TABLE shop.t ADD a int", "CREATE INDEX i ON u (a)", "SELECT * FROM v"});
    EXPECT_TRUE(undone.changed({"", "t"}));
    EXPECT_TRUE(undone.changed({"other", "t"}));
    EXPECT_TRUE(undone.changed({"", "u"}));
    EXPECT_FALSE(undone.changed({"", "v"}));
}

TEST(UndoneStatements, NothingIsLeftOfAnEndedTransaction) {
    UndoneStatements undone =
        after({"SET role = shop", "DELETE FROM t", "ALTER TABLE t ADD a int"});
    undone.clear();
    EXPECT_THAT(undone.settings(), IsEmpty());
    EXPECT_FALSE(undone.changed_rows());
    EXPECT_FALSE(undone.changed({"", "t"}));
}

}  // namespace
}  // namespace rehearse::replay
