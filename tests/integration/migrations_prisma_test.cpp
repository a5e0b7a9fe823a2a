#include "rehearse/base/error.hpp"

#include "migrations_history_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PrismaPending : public test::ToolHistory {
  protected:
    PrismaPending() : ToolHistory("prisma") {}

    void SetUp() override {
        ToolHistory::SetUp();
        if (IsSkipped()) return;
        for (const char* name : {"20240101000000_init", "20240102000000_more", "by hand"})
            folder_.write(std::string(name) + "/migration.sql", "CREATE TABLE t (id int);\n");
        folder_.write("migration_lock.toml", "provider = \"postgresql\"\n");
        run_sql(
            "CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum "
            "varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT "
            "NULL, logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL "
            "DEFAULT now(), applied_steps_count int NOT NULL DEFAULT 0)");
    }
    void row(const std::string& name, const std::string& finished,
             const std::string& rolled_back) const {
        run_sql(
            "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, "
            "rolled_back_at) VALUES (gen_random_uuid(), 'x', '" +
            name + "', " + finished + ", " + rolled_back + ")");
    }
};

TEST_F(PrismaPending, IsEachFolderWithoutAFinishedRow) {
    row("20240102000000_more", "now()", "NULL");
    row("20240101000000_init", "NULL", "now()");
    EXPECT_THAT(versions(), ElementsAre("20240101000000", "by hand"));
    EXPECT_EQ(pending().migrations[0].name, "init");
    EXPECT_EQ(pending().migrations[0].transaction_mode, TransactionMode::whole_file_query);
}

TEST_F(PrismaPending, RecordsRowsThatItReadsAgain) {
    row("20240101000000_init", "now()", "NULL");
    record_all();
    EXPECT_THAT(versions(), IsEmpty());
    EXPECT_EQ(value_of("SELECT string_agg(migration_name || ' ' || applied_steps_count, ', ' ORDER "
                       "BY migration_name) FROM _prisma_migrations WHERE finished_at >= started_at "
                       "AND checksum = "
                       "'12c83f983b0c94b9c7010dcc92149589d5fb01a3d32af8f6d699545d95db9040'"),
              "20240102000000_more 1, by hand 1");
}

TEST_F(PrismaPending, StopsAtAMigrationThatHasNotFinished) {
    row("20240101000000_init", "NULL", "NULL");
    EXPECT_THAT(refusal(), HasSubstr("P3009: the migration 20240101000000_init"));
}

TEST_F(PrismaPending, NeedsAScriptInEachFolder) {
    row("20240101000000_init", "now()", "NULL");
    folder_.write("20240103000000_empty/notes.txt");
    try {
        pending();
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_THAT(error.message(), HasSubstr("20240103000000_empty"));
        EXPECT_THAT(error.message(), HasSubstr("has no migration.sql"));
    }
}

}  // namespace
}  // namespace rehearse::migrations
