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

TEST(ActivityBook, BeginsAnewWhenToldOfAReport) {
    ActivityBook book;
    book.since_last({{{1, {100, 0, 0, 0}}}, 0});
    book.was_reported();
    EXPECT_THAT(book.since_last({{{1, {150, 0, 0, 0}}}, 2}),
                ElementsAre(Pair(1, RelationActivity{150, 0, 0, 0})));
}

// INSERT 50; BEGIN; INSERT 100; TRUNCATE; INSERT 5. The first 50 are another transaction's.
TEST(ActivityBook, InventsNothingWhereTruncateSetACounterBack) {
    for (const bool is_committed : {true, false}) {
        ActivityBook book;
        book.since_last({{{1, {50, 0, 0, 0}}}, 0});
        book.transaction_ended(true);
        book.since_last({{{1, {150, 0, 0, 0}}}, 1});
        EXPECT_THAT(book.since_last({{{1, {50, 0, 0, 0}}}, 2}), IsEmpty());
        EXPECT_THAT(book.since_last({{{1, {55, 0, 0, 0}}}, 3}),
                    ElementsAre(Pair(1, RelationActivity{5, 0, 0, 0})));
        book.transaction_ended(is_committed);
        const std::int64_t counted = is_committed ? 55 : 150;
        EXPECT_THAT(book.since_last({{{1, {counted + 1, 0, 0, 0}}}, 4}),
                    ElementsAre(Pair(1, RelationActivity{1, 0, 0, 0})));
    }
}

TEST(ActivityBetween, IsWhatGrew) {
    EXPECT_THAT(
        activity_between({{1, {10, 0, 0, 7}}, {2, {1, 0, 0, 0}}},
                         {{1, {3, 2, 0, 7}}, {3, {0, 0, 1, 0}}}),
        ElementsAre(Pair(1, RelationActivity{0, 2, 0, 0}), Pair(3, RelationActivity{0, 0, 1, 0})));
}

}  // namespace
}  // namespace rehearse::observe
