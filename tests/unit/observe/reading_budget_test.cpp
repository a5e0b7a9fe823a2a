#include "observe/reading_budget.hpp"

#include <gtest/gtest.h>

namespace rehearse::observe {
namespace {

using namespace std::chrono_literals;

int readings(ReadingBudget& budget, Millis cost, int statements) {
    int paid = 0;
    for (int i = 0; i < statements; ++i) paid += budget.pays(cost) ? 1 : 0;
    return paid;
}

TEST(ReadingBudget, AFewStatementsAreReadOneByOne) {
    ReadingBudget budget{0.5ms};
    EXPECT_EQ(readings(budget, 4ms, 5), 5);
}

TEST(ReadingBudget, ManyStatementsAreReadForTheirShareAlone) {
    ReadingBudget budget{0.5ms};
    // 20 ms that were there, and 0.5 ms of each later one.
    EXPECT_EQ(readings(budget, 4ms, 1000), 129);
}

TEST(ReadingBudget, WhatIsFreeIsAlwaysRead) {
    ReadingBudget budget{0.5ms};
    EXPECT_EQ(readings(budget, 0ms, 1000), 1000);
}

TEST(ReadingBudget, AReadingThatCostsMoreThanAllIsNeverPaid) {
    ReadingBudget budget{0.5ms};
    EXPECT_EQ(readings(budget, ReadingBudget::kLargest + 1ms, 1000), 0);
    EXPECT_TRUE(budget.pays(ReadingBudget::kLargest));
}

TEST(ReadingBudget, WhatIsSavedHasALimit) {
    ReadingBudget budget{0.5ms};
    EXPECT_EQ(readings(budget, ReadingBudget::kLargest + 1ms, 10'000), 0);
    EXPECT_TRUE(budget.pays(ReadingBudget::kLargest));
    EXPECT_FALSE(budget.pays(1ms));
}

}  // namespace
}  // namespace rehearse::observe
