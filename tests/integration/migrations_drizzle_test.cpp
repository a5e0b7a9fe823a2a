#include "migrations_history_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kText = "CREATE TABLE t (id int);\n";
constexpr const char* kHash = "12c83f983b0c94b9c7010dcc92149589d5fb01a3d32af8f6d699545d95db9040";

class DrizzlePending : public test::ToolHistory {
  protected:
    DrizzlePending() : ToolHistory("drizzle") {}

    void SetUp() override {
        ToolHistory::SetUp();
        if (IsSkipped()) return;
        run_sql(
            "CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id SERIAL PRIMARY "
            "KEY, hash text NOT NULL, created_at bigint)");
    }
    // A journal with a file for each.
    void journal(const std::vector<std::pair<std::string, std::string>>& entries) const {
        std::string text;
        for (const auto& [tag, when] : entries) {
            folder_.write(tag + ".sql", kText);
            if (!text.empty()) text += ",";
            text += R"({"tag": ")" + tag + R"(", "when": )" + when + "}";
        }
        folder_.write("meta/_journal.json", R"({"entries": [)" + text + "]}");
    }
    void row(const std::string& hash, const std::string& created_at) const {
        run_sql("INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('" + hash +
                "', " + created_at + ")");
    }
};

TEST_F(DrizzlePending, IsWhatTheNewestRowIsOlderThan) {
    journal({{"0000_a", "1000"}, {"0001_b", "2000"}, {"0002_c", "2001"}, {"0003_d", "3000"}});
    row("b", "2000");
    row("a", "1000");
    EXPECT_THAT(versions(), ElementsAre("0002", "0003"));
    EXPECT_EQ(pending().applied, 2U);
    EXPECT_EQ(warning(), "");
    EXPECT_EQ(pending().history, "drizzle.__drizzle_migrations");
}

TEST_F(DrizzlePending, TellsOfAFileThatDrizzleSkips) {
    journal({{"0000_a", "1000"}, {"0001_b", "1500"}, {"0001_c", "2000"}});
    folder_.write("0001_b.sql", "SELECT 'another';\n");
    row(kHash, "1001");  // its time was edited since: known by its hash
    row("c", "2000");
    EXPECT_THAT(versions(), IsEmpty());
    EXPECT_THAT(warning(), AllOf(HasSubstr("0001_b has never run"), HasSubstr("skips it")));
}

TEST_F(DrizzlePending, RecordsRowsThatItReadsAgain) {
    journal({{"0000_a", "1000"}, {"0001_b", "2000"}});
    row("a", "1000");
    record_all();
    EXPECT_THAT(versions(), IsEmpty());
    EXPECT_EQ(value_of("SELECT concat_ws(' ', id, hash, created_at) FROM "
                       "drizzle.__drizzle_migrations WHERE id > 1"),
              std::string("2 ") + kHash + " 2000");
}

TEST_F(DrizzlePending, MakesItsTableInAnEmptyDatabase) {
    journal({{"0000_a", "1000"}});
    run_sql("DROP SCHEMA drizzle CASCADE");
    EXPECT_THAT(refusal(), HasSubstr("no history of drizzle (drizzle.__drizzle_migrations)"));
    run_sql("DROP TABLE users");
    record_all();
    EXPECT_EQ(value_of("SELECT created_at FROM drizzle.__drizzle_migrations"), "1000");
}

TEST_F(DrizzlePending, TakesNullForTheNewestTime) {
    journal({{"0000_a", "1000"}});
    row("a", "1000");
    row("b", "NULL");
    EXPECT_THAT(versions(), ElementsAre("0000"));
}

TEST_F(DrizzlePending, GoesByFolderWithoutAJournal) {
    for (const char* name :
         {"20240101000000_a", "20240102000000_b", "20240102000000_c", "20240103000000_d"})
        folder_.write(std::string(name) + "/migration.sql", kText);
    folder_.write("20240102000000_b/migration.sql", "SELECT 'another';\n");
    row("edited since", "1704067200123");  // by a journal, with milliseconds
    row(kHash, "1704153600000");           // one of the two that share a second
    EXPECT_THAT(versions(), ElementsAre("20240102000000_b", "20240103000000"));
    record_all();
    EXPECT_THAT(versions(), IsEmpty());
    EXPECT_EQ(value_of("SELECT string_agg(concat_ws(' ', created_at, name), ', ' ORDER BY id) FROM "
                       "drizzle.__drizzle_migrations WHERE name IS NOT NULL AND applied_at IS NOT "
                       "NULL"),
              "1704153600000 20240102000000_b, 1704240000000 20240103000000_d");
}

}  // namespace
}  // namespace rehearse::migrations
