#include "observe/relation_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::observe {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr pg::Oid kTable = 20001;
constexpr pg::Oid kIndex = 20002;
constexpr pg::Oid kNewTable = 20010;
constexpr pg::Oid kNewIndex = 20011;
constexpr pg::Oid kTransient = 20012;

pg::RelationFacts table(pg::Oid oid, const std::string& name, pg::Oid relfilenode) {
    pg::RelationFacts facts;
    facts.oid = oid;
    facts.name = {"public", name};
    facts.relkind = 'r';
    facts.relfilenode = relfilenode;
    return facts;
}

pg::RelationFacts index(pg::Oid oid, const std::string& name, pg::Oid of, pg::Oid relfilenode) {
    pg::RelationFacts facts = table(oid, name, relfilenode);
    facts.relkind = 'i';
    facts.table_of_index = of;
    return facts;
}

pg::RelationMap map_of(const std::vector<pg::RelationFacts>& all) {
    pg::RelationMap map;
    for (const pg::RelationFacts& facts : all) map.emplace(facts.oid, facts);
    return map;
}

const pg::RelationMap kCommitted =
    map_of({table(kTable, "t", 1), index(kIndex, "t_pkey", kTable, 2)});

RelationBook book_that_knows_t() {
    RelationBook book;
    EXPECT_THAT(book.learn_committed({kTable, kIndex}, kCommitted), IsEmpty());
    return book;
}

// A rewrite builds all indexes again, and ALTER COLUMN TYPE makes some anew under their name: only
// the one that was not there is told of.
TEST(RelationBook, OfARewrittenTableOnlyANewIndexWasBuilt) {
    const auto changes = changes_between(
        map_of({table(kTable, "t", 1), index(kIndex, "t_pkey", kTable, 2),
                index(20003, "t_n", kTable, 3)}),
        map_of({table(kTable, "t", 11), index(kIndex, "t_pkey", kTable, 12),
                index(20013, "t_n", kTable, 13), index(kNewIndex, "t_code", kTable, 14)}));
    ASSERT_THAT(changes.indexes, SizeIs(1));
    EXPECT_EQ(changes.indexes[0].name.name, "t_code");
}

TEST(RelationBook, WhatIsNewerThanAnythingThatOthersSeeNeedNotBeAskedFor) {
    RelationBook book;
    EXPECT_FALSE(book.knows_newest());
    EXPECT_THAT(book.unknown_and_old({kTable, kNewTable}), ElementsAre(kTable, kNewTable));
    book.learn_newest(kIndex);
    EXPECT_THAT(book.unknown_and_old({kTable, kNewTable}), ElementsAre(kTable));

    book.learn_committed({kTable}, kCommitted);
    book.learn_own({kTable, kNewTable}, map_of({table(kTable, "t", 1), table(kNewTable, "n", 3)}));
    EXPECT_TRUE(book.is_new(kNewTable));
    book.transaction_ended({}, true);
    EXPECT_THAT(book.unknown_and_old({kTable, kNewTable, kNewIndex}), IsEmpty());
    EXPECT_FALSE(book.is_new(kNewTable));
    EXPECT_THAT(book.unknown_and_old({kNewTable - 1}), ElementsAre(kNewTable - 1));
    // Who knows what else a transaction made that was not read as a whole.
    book.transaction_ended({});
    EXPECT_FALSE(book.knows_newest());
}

TEST(RelationBook, WhatIsNotCommittedIsNewOrTransient) {
    RelationBook book = book_that_knows_t();
    EXPECT_THAT(book.unknown({kTable, kNewTable, kTransient}), ElementsAre(kNewTable, kTransient));
    EXPECT_THAT(book.learn_committed({kNewTable, kTransient}, {}),
                ElementsAre(kNewTable, kTransient));
    book.learn_own({kNewTable, kTransient}, map_of({table(kNewTable, "n", 3)}));
    EXPECT_TRUE(book.is_new(kNewTable));
    EXPECT_EQ(book.find(kNewTable)->name.name, "n");
    EXPECT_EQ(book.find(kTransient), nullptr);
    EXPECT_THAT(book.unknown({kTable, kNewTable, kTransient}), IsEmpty());
    EXPECT_FALSE(book.is_new(kTable));
}

TEST(RelationBook, AnotherRelfilenodeIsARewriteAndItsIndexesGoWithIt) {
    RelationBook book = book_that_knows_t();
    const StorageChanges changes =
        book.learn_own({kTable, kIndex, kNewIndex},
                       map_of({table(kTable, "t", 11), index(kNewIndex, "t_pkey", kTable, 13)}));
    ASSERT_THAT(changes.tables, SizeIs(1));
    EXPECT_EQ(changes.tables[0].before.relfilenode, 1U);
    EXPECT_EQ(changes.tables[0].after.relfilenode, 11U);
    EXPECT_THAT(changes.indexes, IsEmpty());
}

TEST(RelationBook, ASecondRewriteStartsWhereTheFirstEnded) {
    RelationBook book = book_that_knows_t();
    book.learn_own({kTable}, map_of({table(kTable, "t", 11)}));
    EXPECT_THAT(book.learn_own({kTable}, map_of({table(kTable, "t", 11)})).tables, IsEmpty());
    const StorageChanges again = book.learn_own({kTable}, map_of({table(kTable, "t", 21)}));
    ASSERT_THAT(again.tables, SizeIs(1));
    EXPECT_EQ(again.tables[0].before.relfilenode, 11U);
}

TEST(RelationBook, ANewIndexOnAnOldTableWasBuilt) {
    RelationBook book = book_that_knows_t();
    const StorageChanges changes =
        book.learn_own({kNewIndex}, map_of({index(kNewIndex, "i", kTable, 9)}));
    ASSERT_THAT(changes.indexes, SizeIs(1));
    EXPECT_EQ(changes.indexes[0].name.name, "i");
}

TEST(RelationBook, AnIndexOfANewTableIsNotWorthTelling) {
    RelationBook book = book_that_knows_t();
    const StorageChanges changes = book.learn_own(
        {kNewTable, kNewIndex},
        map_of({table(kNewTable, "n", 3), index(kNewIndex, "n_pkey", kNewTable, 4)}));
    EXPECT_THAT(changes.indexes, IsEmpty());
}

TEST(RelationBook, AnIndexThatKeptItsStorageWasNotBuilt) {
    RelationBook book = book_that_knows_t();
    EXPECT_THAT(
        book.learn_own({kNewIndex}, map_of({index(kNewIndex, "t_pkey", kTable, 2)})).indexes,
        IsEmpty());
}

TEST(RelationBook, AReindexedOneWas) {
    RelationBook book = book_that_knows_t();
    EXPECT_THAT(book.learn_own({kIndex}, map_of({index(kIndex, "t_pkey", kTable, 7)})).indexes,
                SizeIs(1));
}

TEST(RelationBook, TheEndOfTheTransactionForgetsWhatItMayHaveChanged) {
    RelationBook book = book_that_knows_t();
    book.learn_own({kNewTable}, map_of({table(kNewTable, "n", 3)}));
    book.transaction_ended({kTable});
    EXPECT_THAT(book.unknown({kTable, kIndex, kNewTable}), ElementsAre(kTable, kNewTable));
    EXPECT_FALSE(book.is_new(kNewTable));
}

TEST(RelationBook, WhatTheTransactionSawItselfIsKnownOnceItCommitted) {
    RelationBook book = book_that_knows_t();
    // The table has new storage, its index was dropped, another table is new.
    book.learn_own({kTable, kIndex, kNewTable},
                   map_of({table(kTable, "renamed", 8), table(kNewTable, "n", 3)}));
    book.transaction_ended({kTable, kIndex, kNewTable}, true);
    EXPECT_THAT(book.unknown({kTable, kIndex, kNewTable}), ElementsAre(kIndex));
    EXPECT_EQ(book.find(kTable)->name.name, "renamed");
    EXPECT_EQ(book.find(kTable)->relfilenode, 8U);
    EXPECT_FALSE(book.is_new(kNewTable));
}

TEST(ChangesBetween, TellsOfIndexesThatAreInvalidNow) {
    pg::RelationMap after = kCommitted;
    after.at(kIndex).index_is_valid = false;
    pg::RelationFacts leftover = index(kNewIndex, "i", kTable, 9);
    leftover.index_is_valid = false;
    after.emplace(kNewIndex, leftover);
    EXPECT_THAT(changes_between(kCommitted, after).invalid,
                ElementsAre(pg::RelationName{"public", "t_pkey"}, pg::RelationName{"public", "i"}));
    EXPECT_THAT(changes_between(after, after).invalid, IsEmpty());
}

}  // namespace
}  // namespace rehearse::observe
