#include "replay_fixture.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace rehearse::test {
namespace {

using migrations::Sends;
using migrations::Text;
using observe::MigrationObservation;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kSetUp =
    "CREATE TABLE t(id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1);"
    "CREATE TABLE u(id int); CREATE TABLE history(version text)";

// The transactions that migration tools make around their files, but for psql's and for one Query.
class ReplayModes : public ReplayTest {
  protected:
    void SetUp() override {
        ReplayTest::SetUp();
        if (!IsSkipped()) run_sql(kSetUp);
    }
    migrations::Migration& add(const std::string& text, Mode mode, Sends sends) {
        add_migration(text, mode);
        migrations::Migration& migration = migrations_.back();
        migration.through_psql = false;
        migration.sends = sends;
        migration.tool = "goose";
        const std::string write = "INSERT INTO history VALUES ('" + migration.version + "')";
        if (mode == Mode::autocommit || mode == Mode::whole_file_query) {
            migration.record_after = {write};
        } else {
            migration.record_within = {write};
        }
        return migration;
    }
    std::string history() const {
        return value_of("SELECT coalesce(string_agg(version, ' '), '') FROM history");
    }
    static const observe::LockHold* strongest_on(const MigrationObservation& seen,
                                                 const std::string& relation) {
        const auto found =
            std::find_if(seen.holds.begin(), seen.holds.end(), [&](const observe::LockHold& hold) {
                return hold.relation.name == relation &&
                       hold.mode == pg::LockMode::access_exclusive;
            });
        return found == seen.holds.end() ? nullptr : &*found;
    }
};

TEST_F(ReplayModes, AFilesTransactionHasItsHistoryRow) {
    add("ALTER TABLE t ADD COLUMN a int; ALTER TABLE u ADD COLUMN a int;", Mode::one_transaction,
        Sends::texts);
    add("ALTER TABLE t ADD COLUMN b int; SELECT 1/0;", Mode::one_transaction, Sends::statements);
    const auto all = replay_all().migrations;
    EXPECT_EQ(failure_of(all[0]), "");
    ASSERT_NE(strongest_on(all[0], "t"), nullptr);
    EXPECT_THAT(strongest_on(all[0], "t")->stretched_by, ElementsAre(2));
    for (const auto& hold : all[0].holds) EXPECT_NE(hold.relation.name, "history");
    EXPECT_EQ(failure_of(all[1]), "22012");
    EXPECT_EQ(all[1].failure->ordinal, 2U);
    EXPECT_THAT(all[1].failure->left_behind, IsEmpty());
    EXPECT_EQ(history(), "1");
}

// The server parses all of one text before it runs any of it; statements come one by one.
TEST_F(ReplayModes, ASyntaxErrorKeepsATextFromBeginning) {
    const std::string text = "INSERT INTO t VALUES (2, 2);\nINSERT INTO t VALUE (3);\n";
    add(text, Mode::one_transaction, Sends::texts);
    const auto whole = replay_all().migrations[0];
    EXPECT_EQ(failure_of(whole), "42601");
    EXPECT_EQ(whole.failure->position.line, 2);
    EXPECT_THAT(whole.statements, SizeIs(1));
    migrations_.clear();
    add(text, Mode::one_transaction, Sends::statements);
    EXPECT_THAT(replay_all().migrations[0].statements, SizeIs(2));
    EXPECT_EQ(history(), "");
}

TEST_F(ReplayModes, ACommitInTheFileEndsTheToolsTransaction) {
    add("INSERT INTO t VALUES (2, 2); COMMIT; INSERT INTO t VALUES (3, 3); SELECT 1/0;",
        Mode::one_transaction, Sends::statements);
    const auto seen = replay_all().migrations[0];
    EXPECT_EQ(failure_of(seen), "22012");
    EXPECT_EQ(value_of("SELECT string_agg(id::text, ' ' ORDER BY id) FROM t"), "1 2 3");
    EXPECT_EQ(history(), "");
}

TEST_F(ReplayModes, ATextsStatementsAreOneTransactionWhereTheToolMakesNone) {
    add("unused", Mode::autocommit, Sends::texts).texts = [] {
        return std::vector<Text>{{"INSERT INTO t VALUES (2, 2); INSERT INTO t VALUES (3, 3)", {}},
                                 {"INSERT INTO t VALUES (4, 4); SELECT 1/0", {60, 3, 1}}};
    };
    const auto seen = replay_all().migrations[0];
    EXPECT_EQ(failure_of(seen), "22012");
    EXPECT_EQ(seen.failure->position.line, 3);
    EXPECT_EQ(seen.failure->ordinal, 4U);
    EXPECT_EQ(value_of("SELECT max(id) FROM t"), "3");
}

TEST_F(ReplayModes, OneTransactionForAllHoldsItsLocksToItsEnd) {
    add("ALTER TABLE t ADD COLUMN a int;", Mode::one_transaction_for_all, Sends::texts);
    add("SELECT pg_sleep(0.2);\nALTER TABLE u ADD COLUMN a int;", Mode::one_transaction_for_all,
        Sends::texts);
    add("SELECT 1;", Mode::autocommit, Sends::statements);
    const auto all = replay_all().migrations;
    ASSERT_THAT(all, SizeIs(3));
    for (const auto& one : all) {
        EXPECT_TRUE(one.ran);
        EXPECT_EQ(failure_of(one), "");
    }
    EXPECT_THAT(all[0].statements, SizeIs(1));
    ASSERT_THAT(all[1].statements, SizeIs(2));
    EXPECT_EQ(all[1].statements[1].ordinal, 2U);
    EXPECT_EQ(all[1].statements[1].position.line, 2);
    EXPECT_LT(all[0].elapsed.count(), 150);
    const auto* first = strongest_on(all[0], "t");
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(first->acquired_by, 1U);
    EXPECT_GT(first->held().count(), 190);
    EXPECT_EQ(strongest_on(all[1], "t"), nullptr);
    const auto* second = strongest_on(all[1], "u");
    ASSERT_NE(second, nullptr);
    EXPECT_EQ(second->acquired_by, 2U);
    EXPECT_GE(second->acquired.count(), 190);
    ASSERT_THAT(all[0].changes, SizeIs(1));
    EXPECT_EQ(all[0].changes[0].relation.name, "t");
    EXPECT_EQ(history(), "1 2 3");
    EXPECT_THAT(listener_.told, Contains("begins 2 of 3 2"));
}

TEST_F(ReplayModes, OneTransactionForAllLosesAllWhenOneFails) {
    add("ALTER TABLE t ADD COLUMN a int;", Mode::one_transaction_for_all, Sends::texts);
    add("CREATE INDEX CONCURRENTLY i ON t (n);", Mode::one_transaction_for_all, Sends::texts);
    add("SELECT 1;", Mode::one_transaction_for_all, Sends::texts);
    const auto all = replay_all().migrations;
    EXPECT_EQ(failure_of(all[0]), "");
    EXPECT_EQ(failure_of(all[1]), "25001");
    EXPECT_EQ(all[1].failure->ordinal, 1U);
    EXPECT_THAT(all[1].failure->left_behind,
                ElementsAre("nothing: the migration before it is rolled back with it"));
    EXPECT_FALSE(all[2].ran);
    EXPECT_EQ(history(), "");
    EXPECT_EQ(value_of("SELECT count(*) FROM pg_attribute WHERE attrelid = 't'::regclass AND "
                       "attname = 'a'"),
              "0");
}

TEST_F(ReplayModes, APipelineIsOneTransactionButForWhatCannotBeInOne) {
    add("INSERT INTO t VALUES (2, 2);\nCREATE INDEX CONCURRENTLY i ON t (n);\n"
        "INSERT INTO t VALUES (3, 3);\nSELECT 1/0;",
        Mode::pipeline, Sends::statements);
    const auto failed = replay_all().migrations[0];
    EXPECT_EQ(failure_of(failed), "22012");
    // What ran before the index is committed, and the index too.
    EXPECT_EQ(value_of("SELECT max(id) FROM t"), "2");
    EXPECT_EQ(value_of("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass"), "t");
    EXPECT_EQ(history(), "");
    migrations_.clear();
    add("INSERT INTO t VALUES (4, 4); INSERT INTO t VALUES (5, 5);", Mode::pipeline,
        Sends::statements);
    const auto good = replay_all().migrations[0];
    EXPECT_EQ(failure_of(good), "");
    EXPECT_TRUE(good.statements[1].commit_elapsed);
    EXPECT_FALSE(good.statements[0].commit_elapsed);
    EXPECT_EQ(history(), "2");
}

TEST_F(ReplayModes, AHistoryThatRefusesItsRowFailsTheMigration) {
    run_sql("ALTER TABLE history ADD UNIQUE (version); INSERT INTO history VALUES ('1')");
    add("INSERT INTO t VALUES (2, 2);", Mode::one_transaction, Sends::statements);
    const auto seen = replay_all().migrations[0];
    EXPECT_EQ(failure_of(seen), "23505");
    EXPECT_EQ(value_of("SELECT max(id) FROM t"), "1");
}

}  // namespace
}  // namespace rehearse::test
