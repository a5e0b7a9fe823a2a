#include "report/phrases.hpp"

#include <gmock/gmock.h>

namespace rehearse::report {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

StatementPart statement_with(const std::string& evidence) {
    StatementPart statement;
    statement.evidence = evidence;
    return statement;
}

TEST(EffectPhrases, TellTheLargestFirstAndCountTheRest) {
    StatementPart statement = statement_with("exact");
    statement.rows_changed = {
        {"a", 1, 0, 0}, {"b", 0, 5000, 7}, {"c", 2, 0, 0}, {"d", 1, 0, 0}, {"e", 1, 0, 0}};
    EXPECT_THAT(effect_phrases(statement),
                ElementsAre("updated 5,000 rows, deleted 7 rows of b", "inserted 2 rows of c",
                            "inserted 1 row of a, and so 2 more tables"));
}

// In an open transaction, what a parallel worker reads is seen by nobody else.
TEST(EffectPhrases, SayOrMoreWhereParallelWorkersMayHaveReadUnseen) {
    const std::vector<ScanPart> scans = {{"orders", 2000000}};
    StatementPart reads = statement_with("exact");
    reads.scans = scans;
    EXPECT_THAT(effect_phrases(reads), ElementsAre("read 2,000,000 rows or more of orders"));

    StatementPart reported = statement_with("sampled");
    reported.scans = scans;
    EXPECT_THAT(effect_phrases(reported), ElementsAre("read 2,000,000 rows of orders"));

    StatementPart writes = reads;
    writes.rows_changed = {{"orders", 0, 1, 0}};
    EXPECT_THAT(effect_phrases(writes),
                ElementsAre("updated 1 row of orders", "read 2,000,000 rows of orders"));
}

TEST(EffectPhrases, NameNoRelationWhereItIsNotKnown) {
    StatementPart statement = statement_with("exact");
    statement.waits = {{"relation", "orders", "ShareLock", 5'000, {}},
                       {"relation", "", "ShareLock", 5'000, {"autovacuum worker"}},
                       {"transactionid", "", "", 5'000, {}}};
    EXPECT_THAT(effect_phrases(statement),
                ElementsAre("waited 5.00 s for ShareLock on orders",
                            "waited 5.00 s for ShareLock, held by autovacuum worker",
                            "waited 5.00 s for transactionid"));
}

// Nobody counts the rows of a truncated table.
TEST(EffectPhrases, TellWhatTruncateEmptied) {
    StatementPart statement = statement_with("exact");
    statement.sizes = {{"items", 8192, 0}, {"orders", 5242880, 16384}, {"log", 0, 8192}};
    EXPECT_THAT(effect_phrases(statement), ElementsAre());
    statement.kind = "truncate";
    EXPECT_THAT(effect_phrases(statement),
                ElementsAre("emptied orders, 5.0 MB", "emptied items, 8.0 kB"));
}

MigrationPart part(const std::string& version, const std::string& label, bool in_change) {
    MigrationPart migration;
    migration.version = version;
    migration.label = label;
    migration.in_change = in_change;
    migration.because = "8 min, over 5 min";
    return migration;
}

Report report_of(const std::string& label, std::vector<MigrationPart> migrations) {
    Report report;
    report.label = label;
    report.migrations = std::move(migrations);
    return report;
}

TEST(VerdictSentence, TellsWhatIsOnlyCaughtUpWith) {
    EXPECT_EQ(verdict_sentence(
                  report_of("rethink", {part("0040", "rethink", false), part("0041", "ok", true)})),
              "0040: 8 min, over 5 min (before this change)");
    EXPECT_EQ(verdict_sentence(report_of(
                  "rethink", {part("0039", "rethink", false), part("0040", "rethink", false)})),
              "0039: 8 min, over 5 min (before this change, and 1 more)");
    auto calm = report_of("ok", {part("0040", "ok", false), part("0041", "ok", true)});
    BlockingPart blocking;
    blocking.relation = "orders";
    blocking.held_ms = 7'100;
    blocking.evidence = "exact";
    calm.migrations[0].blocking = {blocking};
    EXPECT_EQ(verdict_sentence(calm),
              "2 migrations in 0.00 ms, but 0040 blocks orders 7.10 s (before this change)");
}

TEST(VerdictSentence, TellsOfTheChangeFirst) {
    EXPECT_EQ(verdict_sentence(report_of(
                  "rethink", {part("0040", "rethink", false), part("0041", "rethink", true)})),
              "0041: 8 min, over 5 min (and 1 more)");
}

// As a run leaves it: nothing was run.
TEST(VerdictSentence, SaysThatNothingIsPending) {
    EXPECT_EQ(public_verdict(report_of("not_run", {}), false), "not run: nothing is pending");
}

FindingPart info(const std::string& message, int line) {
    FindingPart finding;
    finding.rule = "statement-timeout-unset";
    finding.severity = "info";
    finding.message = message;
    finding.line = line;
    return finding;
}

TEST(QuietFindings, KnowEachPlaceAndWhetherTheySayTheSame) {
    auto first = part("1", "ok", true);
    auto second = part("2", "ok", true);
    first.findings = {info("UPDATE runs without it", 3), info("UPDATE runs without it", 8)};
    auto found = quiet_findings({&first}).at("statement-timeout-unset");
    EXPECT_TRUE(found.are_alike);
    EXPECT_THAT(found.places, SizeIs(2));
    EXPECT_THAT(found.versions, ElementsAre("1"));

    second.findings = {info("INSERT runs without it", 1)};
    found = quiet_findings({&first, &second}).at("statement-timeout-unset");
    EXPECT_FALSE(found.are_alike);
    ASSERT_THAT(found.places, SizeIs(3));
    EXPECT_EQ(found.places[2].migration, &second);
    EXPECT_EQ(found.places[2].line, 1);
}

}  // namespace
}  // namespace rehearse::report
