#include "tool_folder.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class PostgresMigrations : public test::ToolFolder {
  protected:
    PostgresMigrations() : ToolFolder("postgres-migrations") {}
};

TEST_F(PostgresMigrations, NumbersItsFilesFromOne) {
    write_all({"1_a.sql", "2-b.sql", "03c.SQL", "4.sql", "5_e.js", "6_f.sql", "notes.md"});
    write("6_f.sql", "SELECT 1;\n-- postgres-migrations disable-transaction\n");
    EXPECT_EQ(recognised(), "postgres-migrations");
    EXPECT_THAT(versions(), ElementsAre("1", "2", "03", "4", "6"));
    const auto migrations = all();
    EXPECT_EQ(migrations[0].name, "a");
    EXPECT_EQ(migrations[2].name, "c");
    EXPECT_EQ(migrations[3].name, "4.sql");
    EXPECT_EQ(migrations[0].transaction_mode, TransactionMode::one_transaction);
    EXPECT_EQ(migrations[0].sends, Sends::texts);
    EXPECT_EQ(migrations[4].transaction_mode, TransactionMode::whole_file_query);
}

TEST_F(PostgresMigrations, NamesTheFileThatItStopsAt) {
    const std::vector<std::pair<const char*, const char*>> cases{
        {"3_c.sql", "non-consecutive migration ID on file: 3_c.sql"},
        {"0_c.sql", "non-consecutive migration ID on file: 0_c.sql"},
        {"seed.sql", "invalid file name: "},
        {"01_c.sql", "two files for 1"},
        {"99999999999999999999_c.sql", "non-consecutive"},
    };
    for (const auto& [file, message] : cases) {
        write_all({"1_a.sql", file});
        EXPECT_THAT(error(), AllOf(HasSubstr(message), HasSubstr(file))) << file;
        fs::remove(folder() / file);
    }
}

}  // namespace
}  // namespace rehearse::migrations
