#include "tool_folder.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class Drizzle : public test::ToolFolder {
  protected:
    Drizzle() : ToolFolder("drizzle") {}

    // Tags with their `when`.
    void journal(const std::vector<std::pair<std::string, std::string>>& entries,
                 const std::string& dialect = "postgresql") const {
        std::string text = R"({"version": "7", "dialect": ")" + dialect + R"(", "entries": [)";
        for (std::size_t i = 0; i < entries.size(); ++i) {
            text += (i == 0 ? "" : ",");
            text += R"({"idx": 0, "when": )" + entries[i].second + R"(, "tag": ")" +
                    entries[i].first + R"(", "breakpoints": true})";
        }
        write("meta/_journal.json", text + "]}");
    }
};

TEST_F(Drizzle, TakesWhatTheJournalNamesInItsOrder) {
    write_all({"0001_b.sql", "0000_a.sql", "0002_c.sql", "setup.sql"});
    journal({{"0002_c", "1"}, {"0000_a", "3"}, {"setup", "2"}});
    EXPECT_EQ(recognised(), "drizzle");
    EXPECT_THAT(versions(), ElementsAre("0002", "0000", "setup"));
    const auto migration = all().at(0);
    EXPECT_EQ(migration.name, "c");
    EXPECT_EQ(migration.path, folder() / "0002_c.sql");
    EXPECT_EQ(migration.tool, "drizzle");
    EXPECT_EQ(migration.transaction_mode, TransactionMode::one_transaction_for_all);
    EXPECT_EQ(migration.sends, Sends::texts);
    EXPECT_FALSE(migration.down_path);
}

// Branches that were merged: drizzle runs both.
TEST_F(Drizzle, TellsTwoOfOneNumberApart) {
    write_all({"0000_a.sql", "0001_b.sql", "0001_c.sql"});
    journal({{"0000_a", "1"}, {"0001_b", "2"}, {"0001_c", "3"}});
    EXPECT_THAT(versions(), ElementsAre("0000", "0001_b", "0001_c"));
}

TEST_F(Drizzle, CutsAtBreakpoints) {
    journal({{"0000_a", "1"}});
    write("0000_a.sql",
          "SELECT 'é';--> statement-breakpoint\nSELECT 2;\nSELECT 3;\n--> statement-breakpoint "
          "SELECT 4;");
    EXPECT_THAT(first_texts(),
                ElementsAre("1:1 SELECT 'é';", "1:36 \nSELECT 2;\nSELECT 3;\n", "4:25  SELECT 4;"));
    EXPECT_EQ(all()[0].texts()[2].position.offset, 81U);
    write("0000_a.sql", "-->statement-breakpoint\nSELECT 1;\n");
    EXPECT_THAT(first_texts(), ElementsAre("1:1 -->statement-breakpoint\nSELECT 1;\n"));
}

TEST_F(Drizzle, NeedsAJournalThatItCanRead) {
    write("0000_a.sql");
    const std::vector<std::pair<const char*, const char*>> cases{
        {"not JSON", "is not a JSON object"},
        {"[]", "is not a JSON object"},
        {"{}", "is not a journal"},
        {R"({"entries": [{"tag": "0000_a"}]})", "is not a journal"},
        {R"({"entries": [{"tag": 1, "when": 1}]})", "is not a journal"},
        {R"({"entries": []})", "no drizzle migrations"},
        {R"({"dialect": "mysql", "entries": []})", "is for mysql"},
        {R"({"entries": [{"tag": "0000_b", "when": 1}]})", "no file 0000_b.sql"},
        {R"({"entries": [{"tag": "0000_a", "when": 1}, {"tag": "0000_a", "when": 2}]})",
         "names 0000_a twice"},
    };
    for (const auto& [journal, message] : cases) {
        write("meta/_journal.json", journal);
        EXPECT_THAT(error(), AllOf(HasSubstr(message), HasSubstr(folder().string()))) << journal;
    }
}

TEST_F(Drizzle, TakesAFolderEachWithoutAJournal) {
    write("20240102000000_b/migration.sql");
    write("20240102000000_b/snapshot.json", "{}");
    write("20240101000000_a/migration.sql");
    write("notes/notes.txt");
    EXPECT_EQ(recognised(), "drizzle");
    EXPECT_THAT(versions(), ElementsAre("20240101000000", "20240102000000"));
    EXPECT_EQ(all()[0].path, folder() / "20240101000000_a" / "migration.sql");
    EXPECT_EQ(all()[0].name, "a");
}

}  // namespace
}  // namespace rehearse::migrations
