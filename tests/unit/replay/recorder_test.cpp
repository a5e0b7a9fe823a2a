#include "rehearse/replay/recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::replay {
namespace {

using observe::Evidence;
using observe::StatementObservation;
using sql::StatementKind;
using testing::SizeIs;

StatementObservation insert_into(const std::string& table, std::size_t ordinal) {
    StatementObservation statement;
    Recorder::set_text(statement, "INSERT INTO " + table, {0, static_cast<int>(ordinal), 1});
    statement.ordinal = ordinal;
    statement.classification.kind = StatementKind::insert;
    statement.classification.takes_weak_locks_only = true;
    statement.classification.relations = {{"", table}};
    statement.elapsed = Millis{0.5};
    statement.rows = 2;
    statement.evidence = Evidence::exact;
    return statement;
}

// A recorder that itemises no more.
Recorder full_recorder() {
    Recorder recorder;
    for (std::size_t i = 1; i <= observe::kItemisedStatements; ++i)
        EXPECT_FALSE(recorder.add(insert_into("t", i), false));
    return recorder;
}

constexpr std::size_t kNext = observe::kItemisedStatements + 1;

TEST(Recorder, FoldsOnlyBeyondTheItemisedStatements) {
    Recorder recorder = full_recorder();
    EXPECT_FALSE(recorder.add(insert_into("t", kNext), false));
    EXPECT_TRUE(recorder.add(insert_into("t", kNext + 1), false));
    EXPECT_TRUE(recorder.add(insert_into("t", kNext + 2), false));
    const auto statements = recorder.take();
    ASSERT_THAT(statements, SizeIs(kNext));
    EXPECT_EQ(statements.back().ordinal, kNext);
    EXPECT_EQ(statements.back().repeated, 3U);
    EXPECT_EQ(statements.back().elapsed, Millis{1.5});
    EXPECT_EQ(statements.back().rows, 6);
    EXPECT_EQ(statements.back().position.line, static_cast<int>(kNext));
    EXPECT_EQ(statements.back().last_line, static_cast<int>(kNext + 2));
}

TEST(Recorder, FoldsTablesApart) {
    Recorder recorder = full_recorder();
    for (std::size_t i = 0; i < 1000; ++i)
        recorder.add(insert_into(i % 2 == 0 ? "a" : "b", kNext + i), false);
    const auto statements = recorder.take();
    ASSERT_THAT(statements, SizeIs(kNext + 1));
    EXPECT_EQ(statements[kNext - 1].repeated, 500U);
    EXPECT_EQ(statements[kNext].repeated, 500U);
}

TEST(Recorder, KeepsWhatIsRemarkable) {
    const auto changed = [](auto change) {
        StatementObservation statement = insert_into("t", kNext);
        change(statement);
        return statement;
    };
    const StatementObservation remarkable[] = {
        changed([](auto& s) { s.elapsed = Millis{11}; }),
        changed([](auto& s) { s.error = pg::ServerError{}; }),
        changed([](auto& s) {
            s.notices.push_back({"NOTICE", {"00000"}, "n"});
        }),
        changed([](auto& s) { s.rewrites.push_back({}); }),
        changed([](auto& s) { s.index_builds.push_back({}); }),
    };
    for (const auto& statement : remarkable) {
        Recorder recorder = full_recorder();
        recorder.add(insert_into("t", kNext), false);
        EXPECT_FALSE(recorder.add(statement, false));
    }
    Recorder recorder = full_recorder();
    recorder.add(insert_into("t", kNext), false);
    EXPECT_FALSE(recorder.add(insert_into("t", kNext), true));
    // And nothing is folded over it.
    EXPECT_FALSE(recorder.add(insert_into("t", kNext), false));
}

TEST(Recorder, FoldsLikeUtilityStatementsByTheirKind) {
    Recorder recorder = full_recorder();
    for (std::size_t i = 0; i < 10; ++i) {
        StatementObservation comment = insert_into("t" + std::to_string(i), kNext + i);
        comment.classification.kind = StatementKind::comment;
        comment.classification.takes_weak_locks_only = false;
        recorder.add(std::move(comment), false);
    }
    EXPECT_THAT(recorder.take(), SizeIs(kNext));
}

TEST(Recorder, AHoldOfAFoldedStatementNamesTheFold) {
    Recorder recorder = full_recorder();
    for (std::size_t i = 0; i < 10; ++i) recorder.add(insert_into("t", kNext + i), false);
    std::vector<observe::LockHold> holds(2);
    holds[0].acquired_by = 17;
    holds[1].acquired_by = kNext + 7;
    recorder.name_folded(holds);
    EXPECT_EQ(holds[0].acquired_by, 17U);
    EXPECT_EQ(holds[1].acquired_by, kNext);
}

TEST(Recorder, EvidenceThatNeverCameIsTakenBack) {
    Recorder recorder;
    for (std::size_t i = 1; i <= 4; ++i) recorder.add(insert_into("t", i), false);
    recorder.downgrade_evidence_from(3);
    const auto statements = recorder.take();
    EXPECT_EQ(statements[1].evidence, Evidence::exact);
    EXPECT_EQ(statements[2].evidence, Evidence::sampled);
    EXPECT_EQ(statements[3].evidence, Evidence::sampled);
}

TEST(Recorder, ShortensLongTexts) {
    StatementObservation statement;
    Recorder::set_text(statement, std::string(10'000, 'x'), {});
    EXPECT_TRUE(statement.sql_shortened);
    EXPECT_LE(statement.sql.size(), observe::kLongestSql + 3);
    Recorder::set_text(statement, "SELECT 1", {});
    EXPECT_FALSE(statement.sql_shortened);
    EXPECT_EQ(statement.sql, "SELECT 1");
}

}  // namespace
}  // namespace rehearse::replay
