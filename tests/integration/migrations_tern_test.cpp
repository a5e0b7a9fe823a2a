#include "history_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class TernHistory : public HistoryFixture {
  protected:
    TernHistory() : HistoryFixture("tern") {
        folder_.write("001_a.sql", "SELECT 1;\n");
        folder_.write("002_b.sql", "---- tern: disable-tx ----\nSELECT 2;\n");
        folder_.write("003_c.sql", "SELECT 3;\n");
    }
    void make_history(const std::string& version) const {
        run_sql(
            "CREATE TABLE users (id int); CREATE TABLE schema_version (version int4 NOT NULL); "
            "INSERT INTO schema_version VALUES (" +
            version + ")");
    }
};

TEST_F(TernHistory, LeavesWhatIsAboveTheRowPending) {
    make_history("1");
    EXPECT_THAT(pending_versions(), ElementsAre("002", "003"));
    EXPECT_EQ(pending().applied, 1U);
    EXPECT_THAT(pending().seen, HasSubstr("schema_version.version = 1"));
}

TEST_F(TernHistory, RefusesAVersionOutsideOfTheFolder) {
    make_history("4");
    EXPECT_THAT(refusal(), HasSubstr("current version 4 is outside the folder's 0 to 3"));
    run_sql("UPDATE schema_version SET version = -1");
    EXPECT_THAT(refusal(), HasSubstr("current version -1"));
    run_sql("INSERT INTO schema_version VALUES (2)");
    EXPECT_THAT(refusal(), HasSubstr("has 2 rows"));
}

TEST_F(TernHistory, IsWrittenAsTheToolWritesIt) {
    const auto all = pending().migrations;
    ASSERT_EQ(all.size(), 3U);
    EXPECT_THAT(all[0].record_within, ElementsAre("RESET ALL", HasSubstr("SET version = 1")));
    EXPECT_THAT(all[1].record_after, ElementsAre("RESET ALL", HasSubstr("SET version = 2")));
    record_pending();
    EXPECT_EQ(rows("version", "public.schema_version"), "(3)");
    EXPECT_THAT(pending().migrations, IsEmpty());
}

TEST_F(TernHistory, IsTheTableThatTernConfNames) {
    folder_.write("tern.conf", "[database]\nversion_table = public.done\n");
    record_pending();
    EXPECT_EQ(value_of("SELECT version FROM public.done"), "3");
}

}  // namespace
}  // namespace rehearse::migrations
