#include "rehearse/report/layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Cells, AreCountedAsATerminalDrawsThem) {
    EXPECT_EQ(cells_of("abc"), 3U);
    EXPECT_EQ(cells_of("größe"), 5U);
    EXPECT_EQ(cells_of("表名"), 4U);
    EXPECT_EQ(cells_of("e\xcc\x81"), 1U);  // e with a combining accent
    EXPECT_EQ(cells_of(""), 0U);
}

TEST(Printable, TakesOutWhatMovesTheCursor) {
    EXPECT_EQ(printable("a\033[31mb\tc\nd\x7f"), "a [31mb c d ");
    EXPECT_EQ(printable("\xc2\x9b"
                        "x"),
              " x");
    EXPECT_EQ(printable("a\xe2\x80\xae"
                        "b"),
              "a b");  // right-to-left override
    EXPECT_EQ(printable("caf\xe9"), "caf?");
    EXPECT_EQ(printable("größe 表名"), "größe 表名");
}

TEST(Shortened, InTheMiddleBecauseNamesDifferAtTheirEnds) {
    EXPECT_EQ(shortened_in_middle("20240102030405_add_sso_required_to_workspaces", 21),
              "2024010203…workspaces");
    EXPECT_EQ(shortened_in_middle("short", 5), "short");
    EXPECT_EQ(shortened_in_middle("longer", 5), "lo…er");
    EXPECT_EQ(shortened_in_middle("longer", 1), "…");
    EXPECT_EQ(shortened_in_middle("longer", 0), "");
    for (std::size_t cells = 1; cells < 12; ++cells) {
        EXPECT_LE(cells_of(shortened_in_middle("表名表名表名", cells)), cells);
    }
}

TEST(Padded, FillsUpToCells) {
    EXPECT_EQ(padded("ö", 3), "ö  ");
    EXPECT_EQ(padded_left("ö", 3), "  ö");
    EXPECT_EQ(padded("longer", 3), "longer");
}

TEST(Wrapped, BreaksAtSpaces) {
    EXPECT_THAT(wrapped("one two three", 7), ElementsAre("one two", "three"));
    EXPECT_THAT(wrapped("  one   two ", 80), ElementsAre("one two"));
    EXPECT_THAT(wrapped("", 80), IsEmpty());
}

TEST(Wrapped, ALongWordIsNotBroken) {
    EXPECT_THAT(wrapped("at migrations/0042_x.sql:3 now", 10),
                ElementsAre("at", "migrations/0042_x.sql:3", "now"));
}

TEST(ShortenedAtEnd, TakesOffWhatIsTooMuch) {
    EXPECT_EQ(shortened_at_end("abcdef", 6), "abcdef");
    EXPECT_EQ(shortened_at_end("abcdef", 5), "abcd…");
    // A wide character does not stand in one cell.
    EXPECT_EQ(shortened_at_end("注文注文", 6), "注文…");
    EXPECT_EQ(shortened_at_end("注文注文", 7), "注文注…");
    EXPECT_EQ(shortened_at_end("abc", 1), "…");
    EXPECT_EQ(shortened_at_end("abc", 0), "");
}

TEST(Wrapped, ANumberStaysWithItsUnit) {
    EXPECT_THAT(wrapped("took 8 min 20 s, then 1.3 GB", 14),
                ElementsAre("took", "8 min 20 s,", "then 1.3 GB"));
    // Not every short word is a unit.
    EXPECT_THAT(wrapped("line 4 ran", 6), ElementsAre("line 4", "ran"));
}

}  // namespace
}  // namespace rehearse::report
