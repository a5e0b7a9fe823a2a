#include "tool_folder.hpp"

namespace rehearse::migrations {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class Supabase : public test::ToolFolder {
  protected:
    Supabase() : ToolFolder("supabase") {}
};

// Each line is what the CLI makes of the name: taken (its name) or passed over ("-").
TEST_F(Supabase, ReadsFileNamesAsTheToolDoes) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"20240102030405_a.sql", "a"}, {"7_a.sql", "a"}, {"0_.sql", ""}, {"1_a.up.sql", "a.up"},
        {"1_a b.sql", "a b"},          {"1-a.sql", "-"}, {"a.sql", "-"}, {"1_a.SQL", "-"},
        {"1_a.sql.bak", "-"},
    };
    for (const auto& [file, name] : cases) {
        write_all({"5_always.sql", file});
        std::string found = "-";
        for (const auto& one : all()) {
            if (one.path.filename() == file) found = one.name;
        }
        EXPECT_EQ(found, name) << file;
        fs::remove(folder() / file);
    }
}

TEST_F(Supabase, OrdersByFileName) {
    write_all({"9_b.sql", "10_a.sql", "20240102030405_c.sql"});
    EXPECT_THAT(versions(), ElementsAre("10", "20240102030405", "9"));
    EXPECT_EQ(all()[0].transaction_mode, TransactionMode::pipeline);
    EXPECT_FALSE(all()[0].texts);
}

TEST_F(Supabase, SkipsTheSchemaOfItsFirstVersions) {
    write_all({"20211208000000_init.sql", "20240102030405_init.sql"});
    EXPECT_THAT(versions(), ElementsAre("20240102030405"));
    fs::remove(folder() / "20211208000000_init.sql");
    write("20211209000000_init.sql");
    EXPECT_EQ(versions().size(), 2U);
}

TEST_F(Supabase, RefusesTwoFilesWithOneVersion) {
    write_all({"1_a.sql", "1_b.sql"});
    EXPECT_THAT(error(),
                HasSubstr("two files for 1 in " + folder().string() + ": 1_a.sql and 1_b.sql"));
}

}  // namespace
}  // namespace rehearse::migrations
