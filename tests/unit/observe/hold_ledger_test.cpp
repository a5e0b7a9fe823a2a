#include "observe/hold_ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::observe {
namespace {

using pg::LockMode;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr pg::Oid kUsers = 20001;
constexpr pg::Oid kOrders = 20002;

pg::LockRow granted(pg::Oid relation, LockMode mode, const std::string& transaction = "3/1") {
    return {relation, mode, true, transaction};
}

std::function<Taker(pg::Oid)> statement(std::size_t ordinal, double started) {
    return [=](pg::Oid) { return Taker{ordinal, Millis{started}}; };
}

SampledHold sample(pg::Oid relation, LockMode mode, std::size_t ordinal,
                   const std::string& transaction = "3/1") {
    SampledHold hold;
    hold.relation = relation;
    hold.mode = mode;
    hold.virtualtransaction = transaction;
    hold.ordinal = ordinal;
    return hold;
}

TEST(HoldLedger, AHoldLastsFromItsStatementToTheEndOfTheTransaction) {
    HoldLedger ledger;
    ledger.statement_ran(1, Millis{5});
    EXPECT_THAT(
        ledger.read({granted(kUsers, LockMode::access_exclusive)}, Millis{5}, statement(1, 0)),
        SizeIs(1));
    ledger.statement_ran(2, Millis{100});
    EXPECT_THAT(ledger.read({granted(kUsers, LockMode::access_exclusive),
                             granted(kOrders, LockMode::share)},
                            Millis{105}, statement(2, 5)),
                ElementsAre(granted(kOrders, LockMode::share)));
    const auto holds = ledger.transaction_ended(Millis{107}, {});
    ASSERT_THAT(holds, SizeIs(2));
    EXPECT_EQ(holds[0].relation_oid, kUsers);
    EXPECT_EQ(holds[0].acquired, Millis{0});
    EXPECT_EQ(holds[0].released, Millis{107});
    EXPECT_EQ(holds[0].acquired_by, 1U);
    EXPECT_THAT(holds[0].stretched_by, ElementsAre(2U));
    EXPECT_EQ(holds[0].evidence, Evidence::exact);
    EXPECT_EQ(holds[1].acquired, Millis{5});
    EXPECT_THAT(holds[1].stretched_by, IsEmpty());
    EXPECT_FALSE(ledger.holds_any());
}

TEST(HoldLedger, TwoTransactionsNeverMerge) {
    HoldLedger ledger;
    for (int i = 0; i < 2; ++i) {
        ledger.read({granted(kUsers, LockMode::share, "3/" + std::to_string(i))},
                    Millis{10.0 * i + 5}, statement(static_cast<std::size_t>(i) + 1, 10.0 * i));
        const auto holds = ledger.transaction_ended(Millis{10.0 * i + 6}, {});
        ASSERT_THAT(holds, SizeIs(1));
        EXPECT_EQ(holds[0].held(), Millis{6});
    }
    // The same within one reading: a sampled statement that ran several transactions.
    SampledHold first = sample(kUsers, LockMode::share_update_exclusive, 3, "3/7");
    first.first_granted = Millis{1};
    first.last_granted = Millis{4};
    SampledHold second = sample(kUsers, LockMode::share_update_exclusive, 3, "3/8");
    second.first_granted = Millis{5};
    second.last_granted = Millis{9};
    EXPECT_THAT(ledger.transaction_ended(Millis{10}, {first, second}), SizeIs(2));
}

TEST(HoldLedger, RollbackToSavepointEndsAHold) {
    HoldLedger ledger;
    ledger.read({granted(kUsers, LockMode::share), granted(kOrders, LockMode::share)}, Millis{5},
                statement(1, 0));
    ledger.read({granted(kUsers, LockMode::share)}, Millis{20}, statement(2, 5));
    SampledHold seen = sample(kOrders, LockMode::share, 1);
    seen.first_granted = Millis{1};
    seen.last_granted = Millis{4};
    const auto holds = ledger.transaction_ended(Millis{50}, {seen});
    ASSERT_THAT(holds, SizeIs(2));
    EXPECT_EQ(holds[0].relation_oid, kOrders);
    EXPECT_EQ(holds[0].released, Millis{20});
    EXPECT_EQ(holds[1].released, Millis{50});
}

TEST(HoldLedger, AWaitIsNotPartOfTheHold) {
    HoldLedger ledger;
    ledger.read({granted(kUsers, LockMode::access_exclusive)}, Millis{500}, statement(1, 0));
    SampledHold waited = sample(kUsers, LockMode::access_exclusive, 1);
    waited.first_waiting = Millis{2};
    waited.first_granted = Millis{402};
    waited.last_granted = Millis{499};
    const auto holds = ledger.transaction_ended(Millis{500}, {waited});
    ASSERT_THAT(holds, SizeIs(1));
    EXPECT_EQ(holds[0].acquired, Millis{402});
    EXPECT_EQ(holds[0].waited, Millis{400});
    EXPECT_EQ(holds[0].evidence, Evidence::exact);
}

TEST(HoldLedger, ALockTakenLateInAStatementIsNotHeldFromItsStart) {
    HoldLedger ledger;
    ledger.read({granted(kUsers, LockMode::access_exclusive)}, Millis{500}, statement(1, 0));
    SampledHold late = sample(kUsers, LockMode::access_exclusive, 1);
    late.last_without = Millis{300};
    late.first_granted = Millis{301};
    late.last_granted = Millis{499};
    const auto holds = ledger.transaction_ended(Millis{500}, {late});
    ASSERT_THAT(holds, SizeIs(1));
    EXPECT_EQ(holds[0].acquired, Millis{300});
}

TEST(HoldLedger, ALockThatNoPollOfItsStatementShowedWasTakenAfterTheLastOfThem) {
    for (const bool is_seen_at_commit : {false, true}) {
        HoldLedger ledger;
        ledger.read({granted(kUsers, LockMode::access_exclusive)}, Millis{500}, statement(1, 0));
        ledger.statement_ran(1, Millis{500}, Millis{499});
        SampledHold seen = sample(kUsers, LockMode::access_exclusive, 1);
        seen.statement_started = Millis{500};
        seen.first_granted = seen.last_granted = Millis{501};
        std::vector<SampledHold> sampled;
        if (is_seen_at_commit) sampled.push_back(seen);
        const auto holds = ledger.transaction_ended(Millis{502}, sampled);
        ASSERT_THAT(holds, SizeIs(1));
        EXPECT_EQ(holds[0].acquired, Millis{499});
        EXPECT_EQ(holds[0].released, Millis{502});
    }
}

TEST(HoldLedger, AStatementThatFailedKeptWhatItWasSeenToHoldUntilThen) {
    HoldLedger ledger;
    SampledHold seen = sample(kUsers, LockMode::access_exclusive, 1);
    seen.first_granted = seen.last_granted = Millis{2};
    SampledHold gone = sample(kOrders, LockMode::access_exclusive, 1);  // a subtransaction's
    gone.first_granted = gone.last_granted = Millis{2};
    gone.first_without = Millis{3};
    seen.last_granted = Millis{3};
    const auto holds = ledger.transaction_ended(Millis{30}, {seen, gone}, true);
    ASSERT_THAT(holds, SizeIs(2));
    EXPECT_EQ(holds[0].held(), Millis{28});
    EXPECT_EQ(holds[1].held(), Millis{0});

    // The server has rolled back and its answer is on the way.
    seen.first_without = Millis{29};
    EXPECT_EQ(ledger.transaction_ended(Millis{30}, {seen}, true).at(0).held(), Millis{27});
}

TEST(HoldLedger, ALockFirstSeenDuringCommitWasTakenByItsStatement) {
    HoldLedger ledger;
    ledger.read({granted(kUsers, LockMode::access_exclusive)}, Millis{5}, statement(1, 0));
    SampledHold seen = sample(kUsers, LockMode::access_exclusive, 1);
    seen.statement_started = Millis{5};  // when COMMIT began
    seen.first_granted = Millis{6};
    seen.last_granted = Millis{6};
    EXPECT_EQ(ledger.transaction_ended(Millis{7}, {seen}).at(0).acquired, Millis{0});
}

TEST(HoldLedger, TheSamplerKnowsTheTakerBetterThanALateReading) {
    HoldLedger ledger;
    ledger.read({granted(kUsers, LockMode::row_exclusive)}, Millis{500}, statement(9, 400));
    SampledHold seen = sample(kUsers, LockMode::row_exclusive, 2);
    seen.statement_started = Millis{100};
    seen.first_granted = Millis{150};
    seen.last_granted = Millis{499};
    const auto holds = ledger.transaction_ended(Millis{500}, {seen});
    ASSERT_THAT(holds, SizeIs(1));
    EXPECT_EQ(holds[0].acquired_by, 2U);
    EXPECT_EQ(holds[0].acquired, Millis{100});
}

TEST(HoldLedger, WhatOnlyTheSamplerSawIsBoundedByItsReadings) {
    HoldLedger ledger;
    SampledHold seen = sample(kUsers, LockMode::share_update_exclusive, 4);
    seen.statement_started = Millis{0};
    seen.first_granted = Millis{10};
    seen.last_granted = Millis{90};
    SampledHold never_got_it = sample(kOrders, LockMode::access_exclusive, 4);
    never_got_it.first_waiting = Millis{10};
    const auto holds = ledger.transaction_ended(Millis{100}, {seen, never_got_it});
    ASSERT_THAT(holds, SizeIs(1));
    EXPECT_EQ(holds[0].evidence, Evidence::sampled);
    EXPECT_EQ(holds[0].acquired, Millis{10});
    EXPECT_EQ(holds[0].released, Millis{90});
    EXPECT_EQ(holds[0].acquired_by, 4U);
}

TEST(HoldLedger, ASampledHoldHasBoundsWithinItsStatement) {
    HoldLedger ledger;
    SampledHold seen = sample(kUsers, LockMode::share_update_exclusive, 4);
    seen.statement_started = Millis{2};
    seen.last_without = Millis{8};
    seen.first_granted = Millis{10};
    seen.last_granted = Millis{20};
    seen.first_without = Millis{20.01};  // by the sampler's clock
    const auto holds = ledger.transaction_ended(Millis{20}, {seen});
    ASSERT_THAT(holds, SizeIs(1));
    EXPECT_EQ(holds[0].not_before, Millis{8});
    EXPECT_EQ(holds[0].acquired, Millis{10});
    EXPECT_EQ(holds[0].released, Millis{20});
    EXPECT_EQ(holds[0].not_after, Millis{20});
}

TEST(HoldLedger, AParallelWorkersShareIsItsLeaders) {
    HoldLedger ledger;
    ledger.read({granted(kUsers, LockMode::share)}, Millis{500}, statement(1, 0));
    SampledHold worker = sample(kUsers, LockMode::share, 1, "5/77");
    worker.first_granted = Millis{10};
    worker.last_granted = Millis{90};
    EXPECT_THAT(ledger.transaction_ended(Millis{500}, {worker}), SizeIs(1));
}

TEST(HoldLedger, OfManyStatementsTheSlowestStretched) {
    HoldLedger ledger;
    ledger.statement_ran(1, Millis{1});
    ledger.read({granted(kUsers, LockMode::share)}, Millis{1}, statement(1, 0));
    for (std::size_t ordinal = 2; ordinal <= 10'000; ++ordinal)
        ledger.statement_ran(ordinal, Millis{ordinal == 5000 ? 100.0 : 0.1});
    const auto holds = ledger.transaction_ended(Millis{2000}, {});
    ASSERT_THAT(holds, SizeIs(1));
    EXPECT_LE(holds[0].stretched_by.size(), kMostStretchers);
    EXPECT_THAT(holds[0].stretched_by, testing::Contains(5000U));
}

TEST(HoldLedger, TellsWhatIsHeldStrongly) {
    HoldLedger ledger;
    ledger.read(
        {granted(kUsers, LockMode::row_exclusive), granted(kOrders, LockMode::access_exclusive)},
        Millis{1}, statement(1, 0));
    EXPECT_THAT(ledger.relations_held(LockMode::share_update_exclusive), ElementsAre(kOrders));
}

}  // namespace
}  // namespace rehearse::observe
