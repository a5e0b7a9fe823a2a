#include "rehearse/verdict/verdict.hpp"

#include "support/observed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::verdict {
namespace {

using observe::Evidence;
using pg::LockMode;
using test::hold;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<Blocking> blocking(std::vector<observe::LockHold> holds) {
    observe::MigrationObservation observed;
    observed.ran = true;
    observed.holds = std::move(holds);
    return blocking_of(observed);
}

TEST(Blocking, EachModeBlocksWhatItsConflictsSay) {
    struct Case {
        LockMode mode;
        bool writes;
        bool reads;
    };
    const Case cases[] = {
        {LockMode::access_share, false, false},  {LockMode::row_share, false, false},
        {LockMode::row_exclusive, false, false}, {LockMode::share_update_exclusive, false, false},
        {LockMode::share, true, false},          {LockMode::share_row_exclusive, true, false},
        {LockMode::exclusive, true, false},      {LockMode::access_exclusive, true, true},
    };
    for (const auto& c : cases) {
        const auto result = blocking({hold("orders", c.mode, 1, 8)});
        ASSERT_EQ(result.size(), c.writes ? 1U : 0U) << to_string(c.mode);
        if (c.writes) {
            EXPECT_EQ(result[0].blocks_reads, c.reads) << to_string(c.mode);
            EXPECT_EQ(result[0].mode, c.mode);
            EXPECT_DOUBLE_EQ(result[0].held.count(), 7);
        }
    }
}

TEST(Blocking, SpansAreJoinedAndNotAddedUp) {
    using Span = std::pair<double, double>;
    struct Case {
        const char* what;
        std::vector<Span> spans;
        double held;
    };
    const Case cases[] = {
        {"apart", {{0, 2}, {5, 6}}, 3},
        {"touching", {{0, 2}, {2, 3}}, 3},
        {"overlapping", {{0, 4}, {2, 6}}, 6},
        {"one inside the other", {{0, 10}, {2, 3}}, 10},
        {"in any order", {{5, 6}, {0, 2}, {1, 3}}, 4},
        {"the same twice", {{1, 2}, {1, 2}}, 1},
        {"seen once only", {{3, 3}}, 0},
    };
    for (const auto& c : cases) {
        std::vector<observe::LockHold> holds;
        for (const auto& [from, to] : c.spans) {
            holds.push_back(hold("orders", LockMode::access_exclusive, from, to));
        }
        const auto result = blocking(holds);
        ASSERT_EQ(result.size(), 1U) << c.what;
        EXPECT_DOUBLE_EQ(result[0].held.count(), c.held) << c.what;
    }
}

TEST(Blocking, WritersKeptOutForLongerThanReadersHaveAnEntryOfTheirOwn) {
    const auto result = blocking({hold("orders", LockMode::share, 0, 10, 1, {2}),
                                  hold("orders", LockMode::access_exclusive, 9, 10, 2)});
    ASSERT_EQ(result.size(), 2U);
    EXPECT_FALSE(result[0].blocks_reads);
    EXPECT_DOUBLE_EQ(result[0].held.count(), 10);
    EXPECT_EQ(result[0].mode, LockMode::share);
    EXPECT_TRUE(result[1].blocks_reads);
    EXPECT_DOUBLE_EQ(result[1].held.count(), 1);
    EXPECT_EQ(result[1].mode, LockMode::access_exclusive);
}

TEST(Blocking, WhatOnePollSawIsTold) {
    for (const LockMode mode : {LockMode::share, LockMode::access_exclusive})
        EXPECT_EQ(blocking({hold("orders", mode, 3, 3)}).size(), 1U) << to_string(mode);
}

TEST(Blocking, OneEntryWhereReadersAndWritersWaitEquallyLong) {
    const auto result = blocking({hold("orders", LockMode::access_exclusive, 0, 10),
                                  hold("orders", LockMode::share_row_exclusive, 2, 10)});
    ASSERT_EQ(result.size(), 1U);
    EXPECT_TRUE(result[0].blocks_reads);
    EXPECT_EQ(result[0].mode, LockMode::access_exclusive);
}

TEST(Blocking, NamesTheStatementOfTheLongestHoldAndThoseThatStretchedIt) {
    const auto result = blocking({hold("orders", LockMode::access_exclusive, 0, 1, 1),
                                  hold("orders", LockMode::access_exclusive, 2, 9, 2, {4, 3}),
                                  hold("orders", LockMode::access_exclusive, 9, 10, 5)});
    ASSERT_EQ(result.size(), 1U);
    EXPECT_EQ(result[0].acquired_by, 2U);
    EXPECT_THAT(result[0].stretched_by, ElementsAre(3, 4));
    EXPECT_EQ(result[0].transactions, 3U);
}

// REINDEX: a plan opens every index of its tables.
TEST(Blocking, AnIndexThatNobodyMayOpenKeepsReadersOutOfItsTable) {
    auto index = hold("orders_pkey", LockMode::access_exclusive, 1, 100);
    index.relkind = 'i';
    index.table = {"public", "orders"};
    index.virtualtransaction = "3/1";
    auto table = hold("orders", LockMode::share, 0, 100);
    table.virtualtransaction = "3/1";
    index.table_oid = table.relation_oid;
    const auto result = blocking({table, index});
    ASSERT_EQ(result.size(), 2U);
    EXPECT_TRUE(result[0].blocks_reads);
    EXPECT_EQ(result[0].relation.name, "orders");
    EXPECT_EQ(result[0].index.name, "orders_pkey");
    EXPECT_EQ(result[0].mode, LockMode::access_exclusive);
    EXPECT_DOUBLE_EQ(result[0].held.count(), 99);
    EXPECT_FALSE(result[1].blocks_reads);
    EXPECT_EQ(result[1].index.name, "");
    EXPECT_EQ(result[1].mode, LockMode::share);
    EXPECT_DOUBLE_EQ(result[1].held.count(), 100);

    table.mode = LockMode::access_exclusive;
    const auto whole = blocking({table, index});
    ASSERT_EQ(whole.size(), 1U);
    EXPECT_EQ(whole[0].index.name, "");
    EXPECT_EQ(whole[0].transactions, 1U);

    index.mode = LockMode::share;
    EXPECT_THAT(blocking({index}), IsEmpty());
    index.mode = LockMode::access_exclusive;
    index.new_relation = true;
    EXPECT_THAT(blocking({index}), IsEmpty());
}

TEST(Blocking, IsAsSureAsItsWeakestHold) {
    auto sampled = hold("orders", LockMode::share, 0, 1);
    sampled.evidence = Evidence::sampled;
    const auto result = blocking({hold("orders", LockMode::share, 2, 3), sampled});
    EXPECT_EQ(result[0].evidence, Evidence::sampled);
    // A hold that blocks nobody has no say.
    auto text = hold("orders", LockMode::row_exclusive, 0, 9);
    text.evidence = Evidence::text;
    EXPECT_EQ(blocking({hold("orders", LockMode::share, 2, 3), text})[0].evidence, Evidence::exact);
}

TEST(Blocking, LeavesOutWhatNobodyWaitsFor) {
    std::vector<observe::LockHold> holds;
    for (const char relkind : {'i', 'I', 't', 'c'}) {
        holds.push_back(hold("orders_pkey", LockMode::access_exclusive, 0, 5));
        holds.back().relkind = relkind;
    }
    auto fresh = hold("fresh", LockMode::access_exclusive, 0, 5);
    fresh.new_relation = true;
    holds.push_back(fresh);
    EXPECT_THAT(blocking(holds), IsEmpty());
}

TEST(Blocking, KeepsPartitionedTablesViewsAndSequences) {
    for (const char relkind : {'r', 'p', 'm', 'v', 'S', 'f'}) {
        auto lock = hold("orders", LockMode::access_exclusive, 0, 5);
        lock.relkind = relkind;
        EXPECT_EQ(blocking({lock}).size(), 1U) << relkind;
    }
}

TEST(Blocking, ComesLongestFirst) {
    const auto result =
        blocking({hold("a", LockMode::access_exclusive, 0, 1), hold("b", LockMode::share, 0, 12),
                  hold("c", LockMode::access_exclusive, 0, 5)});
    std::vector<std::string> names;
    for (const auto& entry : result) names.push_back(entry.relation.name);
    EXPECT_THAT(names, ElementsAre("b", "c", "a"));
}

TEST(Blocking, TellsRelationsOfTwoSchemasApart) {
    auto other = hold("orders", LockMode::share, 0, 1);
    other.relation.schema = "billing";
    other.relation_oid = 1;
    EXPECT_EQ(blocking({hold("orders", LockMode::share, 0, 1), other}).size(), 2U);
}

TEST(Blocking, ARenamedTableIsOneTable) {
    auto renamed = hold("orders_old", LockMode::access_exclusive, 1, 2);
    renamed.relation_oid = hold("orders", LockMode::share, 0, 1).relation_oid;
    EXPECT_EQ(blocking({hold("orders", LockMode::access_exclusive, 0, 1), renamed}).size(), 1U);
}

}  // namespace
}  // namespace rehearse::verdict
