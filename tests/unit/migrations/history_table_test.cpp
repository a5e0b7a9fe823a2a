#include "migrations/history.hpp"

#include <gtest/gtest.h>

namespace rehearse::migrations {
namespace {

TEST(HistoryTable, IsReadAsItIsWritten) {
    struct {
        const char* text;
        const char* schema;
        const char* name;
    } const cases[] = {
        {"migrations", "", "migrations"},
        {"billing.migrations", "billing", "migrations"},
        {"Billing.Migrations", "Billing", "Migrations"},
        {R"("Odd.Schema"."My ""own"" table")", "Odd.Schema", R"(My "own" table)"},
        {R"(plain."Quoted")", "plain", "Quoted"},
    };
    for (const auto& one : cases) {
        const auto table = parse_table_name(one.text);
        ASSERT_TRUE(table) << one.text;
        EXPECT_EQ(table->schema, one.schema) << one.text;
        EXPECT_EQ(table->name, one.name) << one.text;
    }
}

TEST(HistoryTable, IsRefusedWhenItIsNoName) {
    for (const char* text : {"", ".", "a.", ".a", "a.b.c", R"("a)", R"("a"b)", R"(a"b")", R"("")"})
        EXPECT_FALSE(parse_table_name(text)) << text;
}

}  // namespace
}  // namespace rehearse::migrations
