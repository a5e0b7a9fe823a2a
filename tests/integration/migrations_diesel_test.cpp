#include "history_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Severity = SourceFinding::Severity;

class DieselHistory : public HistoryFixture {
  protected:
    DieselHistory() : HistoryFixture("diesel") {
        folder_.write_all({"1_a/up.sql", "2_b/up.sql", "3_c/up.sql"});
        folder_.write("2_b/metadata.toml", "run_in_transaction = false\n");
    }
    void make_history(const std::string& rows) const {
        run_sql(
            "CREATE TABLE users (id int); CREATE TABLE __diesel_schema_migrations (version "
            "varchar(50) PRIMARY KEY, run_on timestamp NOT NULL DEFAULT now()); INSERT INTO "
            "__diesel_schema_migrations VALUES " +
            rows);
    }
};

TEST_F(DieselHistory, LeavesWhatItDoesNotHavePending) {
    make_history("('1'), ('3'), ('7')");
    EXPECT_THAT(pending_versions(), ElementsAre("2"));
    EXPECT_EQ(pending().applied, 2U);
    EXPECT_THAT(found(Severity::note), ElementsAre(HasSubstr("is older than 3"),
                                                   HasSubstr("applied and not in the folder: 7")));
}

TEST_F(DieselHistory, WarnsOfMetadataThatSaysNothing) {
    folder_.write("3_c/metadata.toml", "# none\n");
    make_history("('1')");
    EXPECT_THAT(found(Severity::warning),
                ElementsAre(HasSubstr("3_c/metadata.toml does not say run_in_transaction")));
    run_sql("INSERT INTO __diesel_schema_migrations VALUES ('3')");
    EXPECT_THAT(found(Severity::warning), IsEmpty());
}

TEST_F(DieselHistory, IsWrittenAsTheToolWritesIt) {
    const auto all = pending().migrations;
    ASSERT_EQ(all.size(), 3U);
    EXPECT_THAT(all[0].record_after, IsEmpty());
    EXPECT_THAT(all[1].record_within, IsEmpty());
    const auto joined = [](const std::vector<std::string>& writes) {
        std::string sql;
        for (const std::string& one : writes) sql += one + ";";
        return sql;
    };
    // What a file leaves of its search_path is gone behind it.
    run_sql(
        "CREATE TEMP TABLE before AS SELECT current_setting('search_path') AS path;" +
        joined(all[0].record_before) + "SET search_path = pg_catalog;" +
        joined(all[0].record_within) +
        "DO $$ BEGIN ASSERT current_setting('search_path') = (SELECT path FROM before); END $$;");
    EXPECT_THAT(pending_versions(), ElementsAre("2", "3"));
    record_pending();
    EXPECT_EQ(rows("version", "__diesel_schema_migrations"), "(1) (2) (3)");
    EXPECT_THAT(pending().migrations, IsEmpty());
}

}  // namespace
}  // namespace rehearse::migrations
