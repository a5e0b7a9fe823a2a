#include "report/phrases.hpp"

#include <gmock/gmock.h>

namespace rehearse::report {
namespace {

using testing::ElementsAre;

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

}  // namespace
}  // namespace rehearse::report
