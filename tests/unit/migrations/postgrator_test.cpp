#include "tool_folder.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class Postgrator : public test::ToolFolder {
  protected:
    Postgrator() : ToolFolder("postgrator") {}
};

TEST_F(Postgrator, PairsTheWaysByNumber) {
    write_all({"010.do.c.sql", "2.do.b.more.sql", "002.undo.b.sql", "1.do.sql", "3.do.x.js",
               "4.undo.y.sql"});
    EXPECT_EQ(recognised(), "postgrator");
    EXPECT_THAT(versions(), ElementsAre("1", "2", "010"));
    const auto migrations = all();
    EXPECT_EQ(migrations[0].name, "");
    EXPECT_EQ(migrations[1].name, "b");
    EXPECT_EQ(migrations[1].down_path, folder() / "002.undo.b.sql");
    EXPECT_FALSE(migrations[0].down_path);
    EXPECT_EQ(migrations[2].name, "c");
    EXPECT_EQ(migrations[2].transaction_mode, TransactionMode::whole_file_query);
    EXPECT_EQ(migrations[2].sends, Sends::texts);
}

TEST_F(Postgrator, PassesOverOtherNames) {
    write_all({"1.do.a.sql", "1_a.sql", "2.sql", "x.do.a.sql", "3.DO.a.sql", "4.do.a.txt"});
    EXPECT_THAT(versions(), ElementsAre("1"));
}

TEST_F(Postgrator, RefusesTwoFilesWithOneVersion) {
    write_all({"7.do.a.sql", "007.do.b.sql"});
    EXPECT_THAT(error(), AllOf(HasSubstr("two migrations with version 7 and action do"),
                               HasSubstr("7.do.a.sql"), HasSubstr("007.do.b.sql")));
    fs::remove(folder() / "7.do.a.sql");
    EXPECT_EQ(error(), "");
}

}  // namespace
}  // namespace rehearse::migrations
