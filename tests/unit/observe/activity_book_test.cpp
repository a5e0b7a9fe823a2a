#include "observe/activity_book.hpp"

#include <gmock/gmock.h>

namespace rehearse::observe {
namespace {

using pg::RelationActivity;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(ActivityBook, TellsWhatCameSinceTheLastReading) {
    ActivityBook book;
    EXPECT_THAT(book.since_last({{{1, {10, 0, 0, 5}}, {2, {0, 0, 0, 0}}}, 0}),
                ElementsAre(Pair(1, RelationActivity{10, 0, 0, 5})));
    EXPECT_THAT(
        book.since_last({{{1, {10, 3, 0, 5}}, {2, {0, 0, 7, 0}}}, 1}),
        ElementsAre(Pair(1, RelationActivity{0, 3, 0, 0}), Pair(2, RelationActivity{0, 0, 7, 0})));
    EXPECT_THAT(book.since_last({{{1, {10, 3, 0, 5}}, {2, {0, 0, 7, 0}}}, 2}), IsEmpty());
}

// The counters alone would not show it: 12 is more than 10.
TEST(ActivityBook, BeginsAnewAfterTheServerHasReported) {
    ActivityBook book;
    book.since_last({{{1, {10, 0, 0, 0}}}, 0});
    EXPECT_THAT(book.since_last({{{1, {12, 0, 0, 0}}}, 0}),
                ElementsAre(Pair(1, RelationActivity{12, 0, 0, 0})));
}

TEST(ActivityBook, RemembersARelationThatAReadingLeftOut) {
    ActivityBook book;
    book.since_last({{{1, {10, 0, 0, 0}}}, 0});
    book.since_last({{{2, {1, 0, 0, 0}}}, 1});
    EXPECT_THAT(book.since_last({{{1, {11, 0, 0, 0}}}, 2}),
                ElementsAre(Pair(1, RelationActivity{1, 0, 0, 0})));
}

// TRUNCATE behind an INSERT of the same transaction.
TEST(ActivityBook, CountsFromZeroWhereACounterWasSetBack) {
    ActivityBook book;
    book.since_last({{{1, {10, 4, 0, 0}}}, 0});
    EXPECT_THAT(book.since_last({{{1, {0, 5, 0, 0}}}, 1}),
                ElementsAre(Pair(1, RelationActivity{0, 1, 0, 0})));
    EXPECT_THAT(activity_between({{1, {10, 0, 0, 7}}, {2, {1, 0, 0, 0}}}, {{1, {3, 0, 0, 7}}}),
                ElementsAre(Pair(1, RelationActivity{3, 0, 0, 0})));
}

}  // namespace
}  // namespace rehearse::observe
