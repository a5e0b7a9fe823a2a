#include "rehearse/sql/row_write.hpp"

#include <gtest/gtest.h>

namespace rehearse::sql {

namespace {

std::string text_of(const std::string& sql, const std::string& column) {
    const auto write = row_write_in(sql);
    if (!write || !write->values.contains(column)) return "(none)";
    const auto& value = write->values.at(column);
    return value.parameter > 0 ? "$" + std::to_string(value.parameter) : value.text;
}

}  // namespace

TEST(RowWrite, KnowsColumnsAndValuesOfAnInsert) {
    const std::string sql =
        R"(INSERT INTO "app"."History" AS h ("Id", name, at) VALUES (7, 'it''s', now()) RETURNING 1)";
    const auto write = row_write_in(sql);
    ASSERT_TRUE(write);
    EXPECT_EQ(write->kind, RowWrite::Kind::insert);
    EXPECT_EQ(write->relation.schema, "app");
    EXPECT_EQ(write->relation.name, "History");
    EXPECT_EQ(text_of(sql, "Id"), "7");
    EXPECT_EQ(text_of(sql, "name"), "it's");
    EXPECT_EQ(text_of(sql, "at"), "now()");
    EXPECT_TRUE(write->values.at("name").is_literal);
    EXPECT_FALSE(write->values.at("at").is_literal);
}

TEST(RowWrite, KnowsParametersCastsAndEscapes) {
    const std::string sql =
        R"(insert into t (a, b, c, d, e) values ($2, '1'::varchar(9), E'x\'y', $q$z$q$, true))";
    EXPECT_EQ(text_of(sql, "a"), "$2");
    EXPECT_EQ(text_of(sql, "b"), "1");
    EXPECT_EQ(text_of(sql, "c"), "x'y");
    EXPECT_EQ(text_of(sql, "d"), "z");
    EXPECT_EQ(text_of(sql, "e"), "true");
}

TEST(RowWrite, CountsPlacesWithoutColumnsAndKeepsTheLastRow) {
    EXPECT_EQ(text_of("INSERT INTO t VALUES ('a', 'b')", "2"), "b");
    EXPECT_EQ(text_of("INSERT INTO t (v) VALUES ('1'), ('2'),\n ('3')", "v"), "3");
}

TEST(RowWrite, KnowsWhatAnUpdateSets) {
    const std::string sql = "UPDATE ONLY t SET a = 'x', b=2 WHERE a = 'y'";
    EXPECT_EQ(row_write_in(sql)->kind, RowWrite::Kind::update);
    EXPECT_EQ(text_of(sql, "a"), "x");
    EXPECT_EQ(text_of(sql, "b"), "2");
}

TEST(RowWrite, OtherStatementsAreNone) {
    for (const char* sql : {"SELECT 1", "CREATE TABLE t (a int)", "", "INSERT", "UPDATE 'x'",
                            "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x"}) {
        EXPECT_FALSE(row_write_in(sql)) << sql;
    }
    EXPECT_EQ(row_write_in("DELETE FROM t")->kind, RowWrite::Kind::delete_rows);
    EXPECT_TRUE(row_write_in("INSERT INTO t SELECT 1")->values.empty());
    EXPECT_TRUE(row_write_in("INSERT INTO t (a, b) DEFAULT VALUES")->values.empty());
}

// A log may hold a text that ends anywhere.
TEST(RowWrite, TakesACutOffTextAsItIs) {
    const std::string sql = "INSERT INTO t (a, b) VALUES ('x', E'y\\'', $1, $q$z$q$)";
    for (std::size_t size = 0; size < sql.size(); ++size) row_write_in(sql.substr(0, size));
    for (std::size_t size = 0; size < sql.size(); ++size)
        row_write_in("UPDATE t SET a = " + sql.substr(20, size));
}

}  // namespace rehearse::sql
