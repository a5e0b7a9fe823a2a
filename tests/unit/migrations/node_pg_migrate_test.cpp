#include "tool_folder.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class NodePgMigrate : public test::ToolFolder {
  protected:
    NodePgMigrate() : ToolFolder("node-pg-migrate") {}

    // The way up of a file with this content.
    std::vector<std::string> way_up(const std::string& content) const {
        write("1_a.sql", content);
        return first_texts();
    }
};

// 17 digits are a date: in milliseconds it is less than the same date's 14 digits.
TEST_F(NodePgMigrate, OrdersByNumberAndThenByName) {
    write_all({"10_c.sql", "2_b.sql", "002_B-a.sql", "2_a.sql", "20240102030405_e.sql",
               "20240102030405006_d.sql", "1704164645005_before.sql", "1704164645007_after.sql"});
    EXPECT_THAT(versions(), ElementsAre("2_a", "002", "2_b", "10", "1704164645005",
                                        "20240102030405006", "1704164645007", "20240102030405"));
    const auto migration = all().at(3);
    EXPECT_EQ(migration.name, "c");
    EXPECT_EQ(migration.transaction_mode, TransactionMode::one_transaction_for_all);
    EXPECT_EQ(migration.sends, Sends::texts);
    EXPECT_FALSE(migration.down_path);
    options_.variables["node-pg-migrate.no-single-transaction"] = "true";
    EXPECT_EQ(all().at(0).transaction_mode, TransactionMode::one_transaction);
}

TEST_F(NodePgMigrate, TakesTheSectionOfTheWayUp) {
    EXPECT_THAT(way_up("-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;\n"),
                ElementsAre("1:1 -- Up Migration\nSELECT 1;\n"));
    EXPECT_EQ(recognised(), "node-pg-migrate");
    EXPECT_EQ(all().at(0).down_path, folder() / "1_a.sql");
    EXPECT_THAT(
        way_up("SELECT 0;\n-- Down Migration\nSELECT 2;\n  ----- UP   migration:\nSELECT 1;"),
        ElementsAre("4:1   ----- UP   migration:\nSELECT 1;"));
    EXPECT_THAT(way_up("--\n-- up migration\nSELECT 1;\n--down\nmigration"),
                ElementsAre("1:1 --\n-- up migration\nSELECT 1;\n"));
}

TEST_F(NodePgMigrate, TakesAllWithoutAMark) {
    for (const char* text : {"SELECT 1;\n", "", "SELECT 1; -- Up Migration\n", "-- Upmigration\n",
                             "-- Up a migration\n", "-- Down Migration\nSELECT 2;\n"})
        EXPECT_THAT(way_up(text), ElementsAre(std::string("1:1 ") + text)) << text;
}

TEST_F(NodePgMigrate, NamesWhatItStopsAt) {
    write_all({"1_a.sql", "init.sql"});
    EXPECT_THAT(error(), HasSubstr("init.sql does not begin with a number"));
    fs::remove(folder() / "init.sql");
    write("1_a.js");
    EXPECT_THAT(error(), AllOf(HasSubstr("two files for 1_a"), HasSubstr("1_a.js and 1_a.sql")));
    fs::remove(folder() / "1_a.sql");
    EXPECT_THAT(error(), HasSubstr("no node-pg-migrate migrations"));
}

}  // namespace
}  // namespace rehearse::migrations
