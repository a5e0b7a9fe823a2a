#include "rehearse/base/error.hpp"
#include "rehearse/migrations/migration.hpp"

#include "migrations/atlas_sum.hpp"
#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>

namespace rehearse::migrations {
namespace {

using test::FolderFixture;
using testing::ElementsAre;
using testing::HasSubstr;

class Atlas : public FolderFixture {
  protected:
    Migration only(const std::string& text) const {
        write("1_a.sql", text);
        write("atlas.sum", "h1:x\n");
        SourceOptions options;
        options.folder = folder();
        return open_source(options)->all().at(0);
    }
};

TEST(AtlasSumTest, IsCumulativeAndLeavesOutWhatAsksForIt) {
    const AtlasSum sum = atlas_sum_of({{"1_a.sql", "CREATE TABLE a (id int);\n"},
                                       {"2_b.sql", "-- atlas:sum ignore\n\nSELECT 1;\n"},
                                       {"3_c.sql", "SELECT 3;\n"}});
    EXPECT_EQ(sum.total, "Kun8dVxh5QtVXLggKJSkCNB8ThbLvV6WS01T4A9a1Lg=");
    ASSERT_EQ(sum.files.size(), 2U);
    EXPECT_EQ(sum.files[0].second, "e72Wd39UNYY4sGrVkNYkCs4GRrWBQ0ASXh73rS+WpU4=");
    EXPECT_EQ(sum.files[1].first, "3_c.sql");
    EXPECT_EQ(sum.files[1].second, "H5uL+lSjwWwxb1hQrzHurosOuNGk4533dJN+k+KZsnY=");
}

TEST(AtlasDirective, StandsAtTheTopBeforeABlankLine) {
    EXPECT_EQ(atlas_directive("-- a comment\n-- atlas:txmode none\n\nSELECT 1;", "txmode"), "none");
    EXPECT_EQ(atlas_directive("-- atlas:checkpoint\n\n", "checkpoint"), "yes");
    EXPECT_EQ(atlas_directive("-- atlas:txmode none\nSELECT 1;", "txmode"), "");
    EXPECT_EQ(atlas_directive("SELECT 1;\n-- atlas:txmode none\n\n", "txmode"), "");
    EXPECT_EQ(atlas_directive("-- atlas:txmodes none\n\n", "txmode"), "");
}

TEST_F(Atlas, TakesModeAndDelimiterFromTheFile) {
    EXPECT_EQ(only("SELECT 1;\n").transaction_mode, TransactionMode::one_transaction);
    EXPECT_EQ(only("-- atlas:txmode none\n\nSELECT 1;\n").transaction_mode,
              TransactionMode::autocommit);
    const Migration cut =
        only("-- atlas:delimiter \\n\\n\\n\n\nSELECT 1;\nSELECT 2;\n\n\nSELECT 3");
    const auto texts = cut.texts();
    ASSERT_EQ(texts.size(), 2U);
    EXPECT_THAT(texts[0].sql, HasSubstr("SELECT 1;\nSELECT 2;"));
    EXPECT_EQ(texts[1].sql, "SELECT 3");
    EXPECT_EQ(texts[1].position.line, 7);
    EXPECT_THAT([&] { only("-- atlas:txmode all\n\nSELECT 1;\n"); },
                testing::Throws<Error>(
                    testing::Property(&Error::message, HasSubstr("txmode all is not for"))));
}

}  // namespace
}  // namespace rehearse::migrations
