#include "observe/schema_changes.hpp"

#include "rehearse/sql/script.hpp"

#include <gmock/gmock.h>

#include <functional>

namespace rehearse::observe {
namespace {

using Kind = SchemaChange::Kind;
using pg::RelationShape;
using testing::ElementsAre;
using testing::IsEmpty;

RelationShape orders() {
    RelationShape shape;
    shape.name = {"public", "orders"};
    shape.relkind = 'r';
    shape.columns = {{1, {"id", "integer", true, 0}}, {2, {"note", "text", false, 0}}};
    shape.constraints = {{90, {"orders_pkey", 'p', true}}, {91, {"orders_fk", 'f', false}}};
    return shape;
}

std::string text_of(const SchemaChange& change) {
    return std::string{to_string(change.kind)} + "|" + change.name + "|" + change.detail;
}

struct Case {
    const char* expected;
    std::function<void(RelationShape&)> change;
};

TEST(SchemaChanges, OfOneRelation) {
    const std::vector<Case> cases{
        {"column_added|c|text",
         [](auto& s) {
             s.columns[3] = {"c", "text", false, 0};
         }},
        {"column_added|c|text not null",
         [](auto& s) {
             s.columns[3] = {"c", "text", true, 0};
         }},
        {"column_dropped|note|text", [](auto& s) { s.columns.erase(2); }},
        {"column_renamed|note|remark", [](auto& s) { s.columns[2].name = "remark"; }},
        {"column_type_changed|id|integer -> bigint", [](auto& s) { s.columns[1].type = "bigint"; }},
        {"not_null_set|note|", [](auto& s) { s.columns[2].not_null = true; }},
        {"not_null_dropped|id|", [](auto& s) { s.columns[1].not_null = false; }},
        {"default_set|note|", [](auto& s) { s.columns[2].default_oid = 7; }},
        {"constraint_added|c|check, not valid",
         [](auto& s) {
             s.constraints[92] = {"c", 'c', false};
         }},
        {"constraint_dropped|orders_pkey|primary key", [](auto& s) { s.constraints.erase(90); }},
        {"constraint_renamed|orders_fk|fk", [](auto& s) { s.constraints[91].name = "fk"; }},
        {"constraint_validated|orders_fk|foreign key",
         [](auto& s) { s.constraints[91].validated = true; }},
        {"relation_renamed|orders|billing.orders", [](auto& s) { s.name.schema = "billing"; }},
    };
    for (const Case& each : cases) {
        RelationShape after = orders();
        each.change(after);
        const auto changes = changes_between({{1, orders()}}, {{1, after}});
        ASSERT_EQ(changes.size(), 1U) << each.expected;
        EXPECT_EQ(text_of(changes[0]), each.expected);
    }
    EXPECT_THAT(changes_between({{1, orders()}}, {{1, orders()}}), IsEmpty());
}

// ALTER COLUMN TYPE drops what hangs on the column and makes it again.
TEST(SchemaChanges, WhatATypeChangeMakesAgainIsNoChange) {
    RelationShape before = orders();
    before.columns[1].default_oid = 7;
    RelationShape after = before;
    after.columns[1].type = "bigint";
    after.columns[1].default_oid = 8;
    after.constraints.erase(90);
    after.constraints[99] = {"orders_pkey", 'p', true};
    const auto changes = changes_between({{1, before}}, {{1, after}});
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].kind, Kind::column_type_changed);
}

TEST(SchemaChanges, AnIndexComesAndGoesWithItsTable) {
    RelationShape index;
    index.name = {"public", "orders_pkey"};
    index.relkind = 'i';
    index.table_of_index = 1;
    const auto kinds = [](const std::vector<SchemaChange>& changes) {
        std::vector<Kind> found;
        for (const auto& change : changes) found.push_back(change.kind);
        return found;
    };
    EXPECT_THAT(kinds(changes_between({}, {{1, orders()}, {2, index}})),
                ElementsAre(Kind::relation_created));
    EXPECT_THAT(kinds(changes_between({{1, orders()}, {2, index}}, {})),
                ElementsAre(Kind::relation_dropped));
    EXPECT_THAT(kinds(changes_between({{1, orders()}, {2, index}}, {{1, orders()}})),
                ElementsAre(Kind::relation_dropped));
    EXPECT_THAT(changes_between({{1, orders()}, {2, index}}, {{1, orders()}, {3, index}}),
                IsEmpty())
        << "made again";
}

class Attribution : public testing::Test {
  protected:
    void ran(std::size_t ordinal, const std::string& sql, bool locks = true) {
        StatementObservation statement;
        statement.ordinal = ordinal;
        statement.sql = sql;
        statement.classification = sql::classify(sql);
        statements_.push_back(statement);
        if (!locks) return;
        LockHold hold;
        hold.relation_oid = 1;
        hold.mode = pg::LockMode::access_exclusive;
        hold.acquired_by = ordinal;
        holds_.push_back(hold);
    }
    std::optional<std::size_t> taken_by(Kind kind, const std::string& name,
                                        const std::string& detail = "") {
        std::vector<SchemaChange> changes{
            {kind, 1, {"public", "orders"}, 'r', name, detail, std::nullopt}};
        attribute(changes, statements_, holds_);
        return changes[0].ordinal;
    }
    std::vector<StatementObservation> statements_;
    std::vector<LockHold> holds_;
};

TEST_F(Attribution, TheOnlyOneThatLockedTheRelation) {
    ran(1, "SELECT 1", false);
    ran(2, "DO $$ BEGIN EXECUTE something(); END $$");
    EXPECT_EQ(taken_by(Kind::column_added, "c"), 2U);
}

TEST_F(Attribution, AmongSeveralTheOneThatSaysSo) {
    ran(1, "ALTER TABLE orders ALTER quantity TYPE bigint");
    ran(2, "ALTER TABLE orders ADD CHECK (quantity > 0)");
    EXPECT_EQ(taken_by(Kind::column_type_changed, "quantity"), 1U);
}

TEST_F(Attribution, ALaterStatementThatOnlyNamesTheColumnDidNotAddIt) {
    ran(1, "ALTER TABLE orders ADD COLUMN code text");
    ran(2, "ALTER TABLE orders ADD CONSTRAINT c CHECK (code <> 'z')");
    ran(3, "ALTER TABLE orders ALTER code SET NOT NULL, ADD COLUMN other int");
    EXPECT_EQ(taken_by(Kind::column_added, "code"), 1U);
    EXPECT_EQ(taken_by(Kind::not_null_set, "code"), 3U);
}

TEST_F(Attribution, AColumnOfThatNameInAnotherTableIsAnother) {
    ran(1, "ALTER TABLE orders ADD COLUMN tenant int");
    ran(2, "ALTER TABLE users ADD COLUMN tenant int");
    EXPECT_EQ(taken_by(Kind::column_added, "tenant"), 1U);
    // What no text names: a function's.
    ran(3, "SELECT add_tenant('orders'), 'drop old'");
    EXPECT_EQ(taken_by(Kind::column_dropped, "old"), 3U);
}

TEST_F(Attribution, AConstraintThatTheServerNamedByItsType) {
    ran(1, "ALTER TABLE orders ADD COLUMN customer bigint REFERENCES customers");
    ran(2, "SELECT pg_sleep(1)");
    ran(3, "UPDATE orders SET customer = 2");
    EXPECT_EQ(taken_by(Kind::constraint_added, "orders_customer_fkey", "foreign key"), 1U);
    ran(4, "ALTER TABLE orders ADD FOREIGN KEY (a) REFERENCES b");
    EXPECT_EQ(taken_by(Kind::constraint_added, "orders_a_fkey", "foreign key"), std::nullopt);
}

TEST_F(Attribution, WhereNoLockWasSeenTheOnlyCodeThatWasNotReadInATransaction) {
    ran(1, "ALTER TABLE users ADD c int", false);
    ran(2, "DO $$ BEGIN ALTER TABLE orders ADD c int; COMMIT; END $$", false);
    statements_[1].evidence = Evidence::sampled;
    EXPECT_EQ(taken_by(Kind::column_added, "c"), 2U);
}

TEST_F(Attribution, TheOnlyCodeWhereNoTextSaysSo) {
    ran(1, "DO $$ BEGIN PERFORM widen(); END $$");
    ran(2, "ALTER TABLE orders ADD CHECK (quantity > 0)");
    EXPECT_EQ(taken_by(Kind::column_type_changed, "quantity"), 1U);
}

TEST_F(Attribution, NoneWhereNothingTells) {
    ran(1, "ALTER TABLE orders ADD note text");
    ran(2, "ALTER TABLE orders RENAME note TO remark");
    EXPECT_EQ(taken_by(Kind::constraint_dropped, "x"), std::nullopt);
}

}  // namespace
}  // namespace rehearse::observe
