#include "observe/pending_statements.hpp"

#include <gtest/gtest.h>

namespace rehearse::observe {
namespace {

TEST(PendingStatements, ALockGoesToTheFirstThatNamesItsRelation) {
    PendingStatements pending;
    pending.add({3, Millis{30}}, {{"", "a"}});
    pending.add({4, Millis{40}}, {{"s", "b"}});
    pending.add({5, Millis{50}}, {{"", "a"}, {"", "b"}});
    EXPECT_EQ(pending.count(), 3U);
    EXPECT_EQ(pending.first().ordinal, 3U);
    EXPECT_EQ(pending.taker_of({{"public", "a"}}).ordinal, 3U);
    EXPECT_EQ(pending.taker_of({{"s", "b"}}).ordinal, 4U);
    EXPECT_EQ(pending.taker_of({{"public", "b"}}).ordinal, 5U);
    EXPECT_EQ(pending.taker_of({{"public", "a_pkey"}, {"public", "a"}}).started, Millis{30});
    EXPECT_EQ(pending.taker_of({{"public", "touched_by_a_trigger"}}).ordinal, 5U);
}

TEST(PendingStatements, AReadingEndsThem) {
    PendingStatements pending;
    pending.add({1, {}}, {{"", "a"}});
    pending.clear();
    EXPECT_EQ(pending.count(), 0U);
    pending.add({2, {}}, {});
    EXPECT_EQ(pending.taker_of({{"public", "a"}}).ordinal, 2U);
    EXPECT_EQ(pending.first().ordinal, 2U);
}

}  // namespace
}  // namespace rehearse::observe
