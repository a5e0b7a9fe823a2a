#include "tool_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Sqlx : public ToolFixture {
  protected:
    Sqlx() : ToolFixture("sqlx") {}
};

TEST_F(Sqlx, OrdersByNumberAndPairsTheDirections) {
    write_all({"10_c.sql", "2_add_a_column.up.sql", "2_add_a_column.down.sql", "0001_a.sql",
               "3_only_down.down.sql"});
    EXPECT_THAT(versions(), ElementsAre("0001", "2", "10"));
    const auto all = open()->all();
    EXPECT_EQ(all[1].name, "add a column");
    EXPECT_EQ(all[1].path, folder() / "2_add_a_column.up.sql");
    EXPECT_EQ(all[1].down_path, folder() / "2_add_a_column.down.sql");
    EXPECT_FALSE(all[0].down_path);
}

TEST_F(Sqlx, PassesOverNamesWithoutAnUnderscoreAndStopsAtOthers) {
    write_all({"1_a.sql", "seed.sql", "notes_a.txt"});
    EXPECT_THAT(versions(), ElementsAre("1"));
    write("seed_all.sql");
    EXPECT_THAT(error_of_listing(), StartsWith("seed_all.sql: seed is no version number"));
    fs::remove(folder() / "seed_all.sql");
    write("1_b.up.sql");
    EXPECT_THAT(error_of_listing(), AllOf(HasSubstr("1_a.sql"), HasSubstr("1_b.up.sql")));
}

TEST_F(Sqlx, HasNoTransactionWhereTheFirstBytesSaySo) {
    const auto mode_of = [&](const std::string& text) {
        const Migration migration = only("1_a.sql", text);
        EXPECT_EQ(migration.sends, Sends::texts);
        EXPECT_FALSE(migration.texts);  // the file as it stands
        return migration.transaction_mode;
    };
    EXPECT_EQ(mode_of("-- no-transaction\nSELECT 1;"), TransactionMode::whole_file_query);
    EXPECT_EQ(mode_of("-- no-transaction, it is slow"), TransactionMode::whole_file_query);
    EXPECT_EQ(mode_of("\n-- no-transaction\n"), TransactionMode::one_transaction);
    EXPECT_EQ(mode_of("--no-transaction\n"), TransactionMode::one_transaction);
}

}  // namespace
}  // namespace rehearse::migrations
