#include "history_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Severity = SourceFinding::Severity;

class DbmateHistory : public HistoryFixture {
  protected:
    DbmateHistory() : HistoryFixture("dbmate") {
        folder_.write("1_a.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\n");
        folder_.write("2_b.sql", "-- migrate:up transaction:false\nSELECT 2;\n-- migrate:down\n");
        folder_.write("3_c.sql", "-- migrate:up\nSELECT 3;\n-- migrate:down\n");
    }
    void make_history(const std::string& rows) const {
        run_sql(
            "CREATE TABLE users (id int); CREATE TABLE schema_migrations (version varchar "
            "PRIMARY KEY); INSERT INTO schema_migrations VALUES " +
            rows);
    }
};

TEST_F(DbmateHistory, LeavesWhatItDoesNotHavePending) {
    make_history("('1'), ('3'), ('99')");
    EXPECT_THAT(pending_versions(), ElementsAre("2"));
    EXPECT_EQ(pending().applied, 2U);
    EXPECT_THAT(
        found(Severity::note),
        ElementsAre("2_b.sql is older than 3, which is applied: dbmate runs it all the same",
                    HasSubstr("applied and not in the folder: 99")));
}

TEST_F(DbmateHistory, RefusesAnOlderOneWhereItIsStrict) {
    make_history("('1'), ('3')");
    options_.variables["dbmate.strict"] = "true";
    EXPECT_THAT(refusal(), HasSubstr("2 is not above 3"));
    run_sql("DELETE FROM schema_migrations WHERE version = '3'");
    EXPECT_THAT(pending_versions(), ElementsAre("2", "3"));
}

TEST_F(DbmateHistory, IsWrittenAsTheToolWritesIt) {
    make_history("('1')");
    const auto all = pending().migrations;
    ASSERT_EQ(all.size(), 2U);
    EXPECT_THAT(all[0].record_within, IsEmpty());
    EXPECT_THAT(all[1].record_after, IsEmpty());
    record_pending();
    EXPECT_EQ(rows("version", "schema_migrations"), "(1) (2) (3)");
    EXPECT_THAT(pending().migrations, IsEmpty());
}

TEST_F(DbmateHistory, IsMadeInAnEmptyDatabase) {
    record_pending();
    EXPECT_EQ(rows("version", "public.schema_migrations"), "(1) (2) (3)");
}

TEST_F(DbmateHistory, IsNotATableOfGolangMigrate) {
    run_sql("CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean)");
    EXPECT_THAT(refusal(), HasSubstr("not dbmate's history"));
}

}  // namespace
}  // namespace rehearse::migrations
