#include "history_fixture.hpp"

namespace rehearse::migrations {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Severity = SourceFinding::Severity;

// SHA-384 of the text of 1_a.sql, as sha384sum prints it.
constexpr const char* kChecksum =
    "e1cc0b49a7d453bb345d9fc52670c0bfd4a694b2befb7061a9bad55916701e1ef4ddd22ee7cb1c80b4317a1b578042"
    "2"
    "c";

class SqlxHistory : public HistoryFixture {
  protected:
    SqlxHistory() : HistoryFixture("sqlx") {
        folder_.write("1_a.sql", "CREATE TABLE t (id int);\n");
        folder_.write("2_b.up.sql", "-- no-transaction\nSELECT 2;\n");
        folder_.write("3_it's_c.sql", "SELECT 3;\n");
    }
    void make_history(const std::string& rows) const {
        run_sql(
            "CREATE TABLE users (id int); CREATE TABLE _sqlx_migrations (version bigint PRIMARY "
            "KEY, description text NOT NULL, installed_on timestamptz DEFAULT now(), success "
            "boolean NOT NULL, checksum bytea NOT NULL, execution_time bigint NOT NULL)");
        add(rows);
    }
    void add(const std::string& rows) const {
        run_sql(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, "
            "execution_time) VALUES " +
            rows);
    }
    static std::string row(int version, const std::string& checksum, bool success = true) {
        return "(" + std::to_string(version) + ", 'x', " + (success ? "true" : "false") + ", '\\x" +
               checksum + "', 1)";
    }
};

TEST_F(SqlxHistory, LeavesWhatItDoesNotHavePending) {
    make_history(row(1, kChecksum));
    EXPECT_THAT(pending_versions(), ElementsAre("2", "3"));
    EXPECT_EQ(pending().applied, 1U);
}

TEST_F(SqlxHistory, RunsAnOlderOne) {
    folder_.write("0_old.sql", "SELECT 0;\n");
    make_history(row(1, kChecksum));
    EXPECT_THAT(pending_versions(), ElementsAre("0", "2", "3"));
    EXPECT_THAT(found(Severity::note), ElementsAre(HasSubstr("0_old.sql is older than 1")));
}

TEST_F(SqlxHistory, RefusesWhatTheToolRefuses) {
    make_history(row(1, kChecksum, false));
    EXPECT_THAT(refusal(), HasSubstr("it is dirty"));
    run_sql("UPDATE _sqlx_migrations SET success = true, checksum = '\\x00'");
    EXPECT_THAT(refusal(), HasSubstr("1_a.sql was edited"));
    run_sql("DELETE FROM _sqlx_migrations");
    add(row(1, kChecksum) + "," + row(7, "00"));
    EXPECT_THAT(refusal(), HasSubstr("7 (x) is applied and not in the folder"));
    options_.variables["sqlx.ignore-missing"] = "1";
    EXPECT_THAT(pending_versions(), ElementsAre("2", "3"));
}

TEST_F(SqlxHistory, ForgivesCharactersThatSqlxTomlIgnores) {
    folder_.write("1_a.sql", "CREATE TABLE t (id int);\r\n");
    make_history(row(1, kChecksum));
    EXPECT_THAT(refusal(), HasSubstr("1_a.sql was edited"));
    folder_.write("../sqlx.toml", "[migrate]\nignored-chars = [\"\\r\"]\n");
    EXPECT_THAT(pending_versions(), ElementsAre("2", "3"));
}

TEST_F(SqlxHistory, IsTheTableThatSqlxTomlNames) {
    run_sql("CREATE SCHEMA app; CREATE TABLE app.users (id int)");
    folder_.write("../sqlx.toml", "[migrate]\ntable-name = \"app.done\"\n");
    EXPECT_THAT(refusal(), HasSubstr("no history of sqlx (app.done)"));
    run_sql("DROP TABLE app.users");
    record_pending();
    EXPECT_EQ(rows("version", "app.done"), "(1) (2) (3)");
    EXPECT_THAT(pending().migrations, IsEmpty());
}

TEST_F(SqlxHistory, IsWrittenAsTheToolWritesIt) {
    const auto all = pending().migrations;
    ASSERT_EQ(all.size(), 3U);
    EXPECT_THAT(all[1].record_within, IsEmpty());
    EXPECT_EQ(all[0].record_within.size(), 1U);
    record_pending();
    EXPECT_EQ(rows("version, description, success", "_sqlx_migrations"),
              R"((1,a,t) (2,b,t) (3,"it's c",t))");
    EXPECT_EQ(value_of("SELECT encode(checksum, 'hex') FROM _sqlx_migrations WHERE version = 1"),
              kChecksum);
    EXPECT_THAT(pending().migrations, IsEmpty());
}

}  // namespace
}  // namespace rehearse::migrations
