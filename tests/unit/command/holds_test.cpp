#include "command/holds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::command {
namespace {

using observe::Evidence;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

const auto kBegin = *from_iso8601("2026-11-27T23:29:30Z");

WallClock::time_point at(Millis time) {
    return kBegin + std::chrono::duration_cast<WallClock::duration>(time);
}

Step step(std::size_t ordinal, Millis began, Millis started, Millis elapsed,
          const std::string& transaction, const std::string& relation) {
    Step made;
    made.ordinal = ordinal;
    made.pid = 7;
    made.virtualtransaction = transaction;
    made.began = at(began);
    made.started = started;
    made.elapsed = elapsed;
    made.relations = {{"", relation}};
    return made;
}

pg::RelationFacts table(pg::Oid oid, const std::string& name) {
    pg::RelationFacts facts;
    facts.oid = oid;
    facts.name = {"public", name};
    facts.relkind = 'r';
    return facts;
}

LockSpan span_on(pg::Oid relation, const std::string& transaction) {
    LockSpan span;
    span.pid = 7;
    span.relation = relation;
    span.mode = pg::LockMode::access_exclusive;
    span.virtualtransaction = transaction;
    return span;
}

// One transaction: a change of table 1 for 10 ms, then one of table 2 for 100 ms, and its COMMIT
// 5 ms; between them the tool rests. Then a statement on its own, of 50 ms.
class Holds : public testing::Test {
  protected:
    Holds() {
        relations_.before = {{1, table(1, "a")}, {2, table(2, "b")}, {3, table(3, "c")}};
        relations_.after = relations_.before;
        transcript_.migrations.emplace_back();
        transcript_.steps = {step(1, 1000ms, 0ms, 10ms, "3/2", "a"),
                             step(2, 2000ms, 10ms, 100ms, "3/2", "b"),
                             step(3, 3000ms, 115ms, 50ms, "3/3", "c")};
        transcript_.transactions["3/2"] = {115ms, false};
    }

    std::vector<observe::LockHold> holds() {
        return holds_of(transcript_, seen_, relations_, HistoryTables{}).at(0);
    }

    CommandTranscript transcript_;
    LocksSeen seen_;
    RelationsAround relations_;
};

}  // namespace

TEST_F(Holds, ReadBetweenTwoStatementsIsExactFromItsStatementToTheCommit) {
    auto span = span_on(1, "3/2");
    span.first_exact = at(1500ms);
    seen_.spans = {span};
    const auto found = holds();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].relation.name, "a");
    EXPECT_EQ(found[0].evidence, Evidence::exact);
    EXPECT_EQ(found[0].acquired_by, 1U);
    EXPECT_EQ(found[0].acquired, 0ms);
    EXPECT_EQ(found[0].released, 115ms);
    EXPECT_THAT(found[0].stretched_by, ElementsAre(2));
}

TEST_F(Holds, WithoutAReadingBetweenTheStatementThatNamesItTookIt) {
    auto first = span_on(1, "3/2");
    auto second = span_on(2, "3/2");
    first.first_exact = second.first_exact = at(2500ms);
    seen_.spans = {first, second};
    const auto found = holds();
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_EQ(found[0].acquired_by, 1U);
    EXPECT_EQ(found[1].acquired_by, 2U);
    EXPECT_EQ(found[1].acquired, 10ms);
}

TEST_F(Holds, APollTellsWhenWithinTheStatement) {
    auto span = span_on(2, "3/2");
    span.last_without = at(2030ms);
    span.first_granted = at(2031ms);
    span.last_granted = at(2099ms);
    span.first_exact = at(2500ms);
    seen_.spans = {span};
    const auto found = holds();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].acquired_by, 2U);
    EXPECT_EQ(found[0].acquired, 40ms);
    EXPECT_EQ(found[0].released, 115ms);
}

TEST_F(Holds, PolledAloneItIsSampledWithItsBounds) {
    auto span = span_on(3, "3/3");
    span.last_without = at(3001ms);
    span.first_granted = at(3002ms);
    span.last_granted = at(3049ms);
    span.first_without = at(3060ms);
    seen_.spans = {span};
    const auto found = holds();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].evidence, Evidence::sampled);
    EXPECT_EQ(found[0].acquired_by, 3U);
    EXPECT_EQ(found[0].acquired, 117ms);
    EXPECT_EQ(found[0].released, 164ms);
    EXPECT_EQ(found[0].not_before, 116ms);
    EXPECT_EQ(found[0].not_after, 165ms);
}

// CREATE INDEX CONCURRENTLY runs in transactions that no statement of the log is of.
TEST_F(Holds, AnotherTransactionOfTheSessionIsItsRunningStatements) {
    auto span = span_on(3, "3/4");
    span.first_granted = at(3020ms);
    span.last_granted = at(3030ms);
    auto elsewhere = span_on(3, "3/5");
    elsewhere.first_granted = elsewhere.last_granted = at(4000ms);
    seen_.spans = {span, elsewhere};
    const auto found = holds();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].acquired_by, 3U);
    EXPECT_EQ(found[0].virtualtransaction, "3/4");
}

TEST_F(Holds, TheTimeOfAWaitIsNotHeld) {
    auto span = span_on(3, "3/3");
    span.first_waiting = at(3000ms);
    span.first_granted = at(3040ms);
    span.last_granted = at(3049ms);
    seen_.spans = {span};
    const auto found = holds();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].waited, 40ms);
    EXPECT_EQ(found[0].acquired, 155ms);
}

TEST_F(Holds, OnWhatItsTransactionMadeItIsNew) {
    relations_.after[9] = table(9, "made");
    auto maker = span_on(9, "3/2");
    maker.first_exact = at(1500ms);
    auto later = span_on(9, "3/3");
    later.first_granted = later.last_granted = at(3020ms);
    seen_.spans = {later, maker};
    const auto found = holds();
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_TRUE(found[0].new_relation);
    EXPECT_FALSE(found[1].new_relation);
}

TEST_F(Holds, OnTheToolsTablesOrOnWhatCameAndWentThereAreNone) {
    relations_.before[5] = table(5, "schema_migrations");
    for (const pg::Oid oid : {5U, 77U}) {
        auto span = span_on(oid, "3/2");
        span.first_exact = at(1500ms);
        seen_.spans.push_back(span);
    }
    EXPECT_THAT(holds(), IsEmpty());
}

TEST_F(Holds, AStatementsEvidenceIsWhatWasReadOfIt) {
    seen_.read_exactly["3/2"] = at(1500ms);
    EXPECT_EQ(evidence_of(transcript_.steps[0], seen_), Evidence::exact);
    EXPECT_EQ(evidence_of(transcript_.steps[1], seen_), Evidence::log);
    seen_.readings = {at(2050ms)};
    EXPECT_EQ(evidence_of(transcript_.steps[1], seen_), Evidence::sampled);
    EXPECT_EQ(evidence_of(transcript_.steps[2], seen_), Evidence::log);
}

TEST_F(Holds, AServersClockMayBeAhead) {
    seen_.readings = {at(2050ms)};
    for (auto& each : transcript_.steps) each.began += 5s;
    EXPECT_EQ(evidence_of(transcript_.steps[1], seen_, 5s), Evidence::sampled);
}

}  // namespace rehearse::command
