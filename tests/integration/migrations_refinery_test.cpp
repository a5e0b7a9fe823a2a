#include "migrations_history_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RefineryPending : public test::ToolHistory {
  protected:
    RefineryPending() : ToolHistory("refinery") {}

    void SetUp() override {
        ToolHistory::SetUp();
        if (IsSkipped()) return;
        for (const char* file : {"V1__a.sql", "V2__second.sql", "V3__a.sql"})
            folder_.write(file, kText);
        run_sql(
            "CREATE TABLE refinery_schema_history (version int4 PRIMARY KEY, name varchar(255), "
            "applied_on varchar(255), checksum varchar(255))");
    }
    void row(const std::string& version, const std::string& name,
             const std::string& checksum) const {
        run_sql("INSERT INTO refinery_schema_history VALUES (" + version + ", '" + name +
                "', '2024-01-02T03:04:05Z', '" + checksum + "')");
    }

    static constexpr const char* kText = "CREATE TABLE t (id int);\n";
    // SipHash-1-3 of name, number and kText, by another program.
    static constexpr const char* kFirst = "3258119643107494106";
    static constexpr const char* kSecond = "8560624050158904202";
    static constexpr const char* kThird = "6861679288164608753";
};

TEST_F(RefineryPending, IsWhatIsAboveTheHighest) {
    row("1", "a", kFirst);
    EXPECT_THAT(versions(), ElementsAre("2", "3"));
    EXPECT_EQ(pending().applied, 1U);
}

TEST_F(RefineryPending, RecordsRowsThatItReadsAgain) {
    row("1", "a", kFirst);
    record_all();
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(versions(), IsEmpty());
    EXPECT_EQ(value_of("SELECT string_agg(concat_ws(' ', version, name, checksum), ', ' ORDER BY "
                       "version) FROM refinery_schema_history WHERE applied_on ~ "
                       "'^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$'"),
              std::string("1 a ") + kFirst + ", 2 second " + kSecond + ", 3 a " + kThird);
}

TEST_F(RefineryPending, MakesItsTableInAnEmptyDatabase) {
    run_sql("DROP TABLE users, refinery_schema_history");
    folder_.write("V20240101120000__a.sql", kText);
    record_all();
    EXPECT_THAT(versions(), IsEmpty());
    EXPECT_EQ(value_of("SELECT checksum FROM refinery_schema_history WHERE version > 3"),
              "18037629311857799266");
}

TEST_F(RefineryPending, StopsAtAFileThatWasEdited) {
    row("1", "a", kSecond);
    EXPECT_THAT(refusal(),
                HasSubstr("applied migration V1__a is different than filesystem one V1__a.sql"));
    run_sql("TRUNCATE refinery_schema_history");
    row("1", "first", kFirst);
    EXPECT_THAT(refusal(), HasSubstr("applied migration V1__first is different"));
}

TEST_F(RefineryPending, StopsAtARowWithoutAFile) {
    row("1", "a", kFirst);
    row("4", "gone", "0");
    EXPECT_THAT(refusal(), HasSubstr("migration V4__gone is missing from the filesystem"));
}

TEST_F(RefineryPending, StopsAtAFileThatCameLateUnlessItMay) {
    row("1", "a", kFirst);
    row("3", "a", kThird);
    EXPECT_THAT(refusal(), HasSubstr("V2__second.sql is missing from the history"));
    fs::rename(folder_.folder() / "V2__second.sql", folder_.folder() / "U2__second.sql");
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(versions(), ElementsAre("2"));
}

TEST_F(RefineryPending, CannotRunWhatIsNotSql) {
    folder_.write("V4__code.rs");
    row("1", "a", kFirst);
    EXPECT_THAT(refusal(), HasSubstr("V4__code.rs is pending and is not SQL"));
}

}  // namespace
}  // namespace rehearse::migrations
