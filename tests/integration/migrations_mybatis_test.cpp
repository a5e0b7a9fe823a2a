#include "history_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Severity = SourceFinding::Severity;

constexpr const char* kMake =
    "CREATE TABLE CHANGELOG (ID NUMERIC(20,0) NOT NULL PRIMARY KEY, APPLIED_AT VARCHAR(25) NOT "
    "NULL, DESCRIPTION VARCHAR(255) NOT NULL)";

class MybatisHistory : public HistoryFixture {
  protected:
    MybatisHistory() : HistoryFixture("mybatis") {
        folder_.write("1_create_changelog.sql", std::string(kMake) + ";\n");
        folder_.write("2_b.sql", "SELECT 2;\n-- //@UNDO\n");
        folder_.write("30_c_d.sql", "SELECT 3;\n");
    }
    void make_history(const std::string& rows) const {
        run_sql("CREATE TABLE users (id int);" + std::string(kMake) +
                ";INSERT INTO changelog VALUES " + rows);
    }
};

TEST_F(MybatisHistory, LeavesWhatIsAboveTheHighestPending) {
    make_history("(1, '', ''), (2, '', '')");
    EXPECT_THAT(pending_versions(), ElementsAre("30"));
    EXPECT_EQ(pending().applied, 2U);
}

TEST_F(MybatisHistory, WarnsOfWhatTheToolSkips) {
    make_history("(1, '', ''), (10, '', '')");
    EXPECT_THAT(pending_versions(), ElementsAre("30"));
    EXPECT_THAT(found(Severity::warning),
                ElementsAre(HasSubstr("2_b.sql is not applied and below an applied one")));
    EXPECT_THAT(found(Severity::note), ElementsAre(HasSubstr("not in the folder: 10")));
}

TEST_F(MybatisHistory, IsWrittenAsTheToolWritesItAndMadeByTheTeam) {
    const auto all = pending().migrations;
    ASSERT_EQ(all.size(), 3U);
    EXPECT_THAT(all[0].record_before, IsEmpty());
    EXPECT_THAT(all[0].record_within, IsEmpty());
    run_sql(kMake);
    record_pending();
    EXPECT_EQ(rows("id, description", "changelog"), R"((1,"create changelog") (2,b) (30,"c d"))");
    EXPECT_EQ(value_of("SELECT count(*) FROM changelog WHERE applied_at ~ '^\\d{4}-\\d\\d-\\d\\d "
                       "\\d\\d:\\d\\d:\\d\\d$'"),
              "3");
    EXPECT_THAT(pending().migrations, IsEmpty());
}

}  // namespace
}  // namespace rehearse::migrations
