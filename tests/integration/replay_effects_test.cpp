#include "replay_fixture.hpp"

#include <gmock/gmock.h>

#include <future>
#include <thread>

namespace rehearse::test {
namespace {

using observe::MigrationObservation;
using observe::StatementObservation;
using testing::ElementsAre;
using testing::Gt;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

// What a migration did beyond its locks.
class ReplayEffects : public ReplayTest {
  protected:
    void SetUp() override {
        ReplayTest::SetUp();
        if (IsSkipped()) return;
        run_sql(
            "CREATE TABLE t(id int PRIMARY KEY, n int, note text);"
            "CREATE TABLE log(id int);"
            "INSERT INTO t SELECT i, i, repeat('x', 100) FROM generate_series(1, 20000) i;"
            "VACUUM ANALYZE t");
    }
    static std::vector<std::string> rows_of(const std::vector<observe::RowsChanged>& rows) {
        std::vector<std::string> texts;
        for (const auto& row : rows) {
            texts.push_back(row.relation.text() + " " + std::to_string(row.inserted) + " " +
                            std::to_string(row.updated) + " " + std::to_string(row.deleted));
        }
        return texts;
    }
    static std::vector<std::string> scans_of(const StatementObservation& statement) {
        std::vector<std::string> texts;
        for (const auto& scan : statement.scans)
            texts.push_back(scan.relation.text() + " " + std::to_string(scan.rows));
        return texts;
    }
    static std::vector<std::string> changes_of(const MigrationObservation& seen) {
        std::vector<std::string> texts;
        for (const auto& change : seen.changes) {
            texts.push_back(std::string{to_string(change.kind)} + " " + change.relation.text() +
                            " " + change.name + " " + change.detail + " by " +
                            std::to_string(change.ordinal.value_or(0)));
        }
        return texts;
    }
};

TEST_F(ReplayEffects, CodeIsSeenByWhatItChanged) {
    const MigrationObservation seen = replay_file(
        "DO $$ BEGIN\n"
        "  EXECUTE 'ALTER TABLE t ALTER n TYPE bigint';\n"
        "  UPDATE t SET note = 'y' WHERE id <= 500; DELETE FROM t WHERE id > 19990;\n"
        "  INSERT INTO log SELECT 1 FROM generate_series(1, 30);\n"
        "END $$;\n");
    ASSERT_THAT(seen.statements, SizeIs(1));
    const auto& code = seen.statements[0];
    EXPECT_THAT(code.rewrites, SizeIs(1));
    EXPECT_THAT(rows_of(code.rows_changed), UnorderedElementsAre("t 0 500 10", "log 30 0 0"));
    EXPECT_THAT(rows_of(seen.rows_changed), UnorderedElementsAre("t 0 500 10", "log 30 0 0"));
    EXPECT_THAT(changes_of(seen), ElementsAre("column_type_changed t n integer -> bigint by 1"));
}

TEST_F(ReplayEffects, ATriggersRowsAreItsStatements) {
    run_sql(
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO log VALUES (NEW.id); RETURN NEW; END $$;"
        "CREATE TRIGGER f AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()");
    const MigrationObservation seen = replay_file("UPDATE t SET n = 0 WHERE id <= 40;\n");
    EXPECT_THAT(rows_of(seen.statements.at(0).rows_changed),
                UnorderedElementsAre("t 0 40 0", "log 40 0 0"));
}

TEST_F(ReplayEffects, ScansToValidateAreSeen) {
    const std::string script =
        "ALTER TABLE t ADD CHECK (n > 0);\nALTER TABLE t ALTER n SET NOT NULL;\n"
        "ALTER TABLE t ADD CHECK (n > 1) NOT VALID;\nALTER TABLE t ADD c int;\n";
    for (const std::string& text : {script, "BEGIN;\n" + script + "COMMIT;\n"}) {
        run_sql(
            "DROP TABLE t; CREATE TABLE t(id int, n int); INSERT INTO t SELECT i, i + 1 FROM "
            "generate_series(1, 2000) i");
        const MigrationObservation seen = replay_file(text);
        std::vector<std::vector<std::string>> scans;
        for (const auto& statement : seen.statements) {
            if (statement.classification.kind == sql::StatementKind::alter_table)
                scans.push_back(scans_of(statement));
        }
        EXPECT_THAT(scans,
                    ElementsAre(ElementsAre("t 2000"), ElementsAre("t 2000"), IsEmpty(), IsEmpty()))
            << text;
    }
}

TEST_F(ReplayEffects, ChangesOfTheSchemaAreThoseBetweenBeginningAndEnd) {
    const MigrationObservation seen = replay_file(
        "CREATE TABLE made(id int PRIMARY KEY);\nCREATE TABLE gone(id int); DROP TABLE gone;\n"
        "ALTER TABLE t ADD c int NOT NULL DEFAULT 1;\nALTER TABLE t DROP note;\n"
        "CREATE INDEX CONCURRENTLY t_n ON t(n);\nDROP TABLE log;\n"
        "BEGIN; ALTER TABLE t ADD rolled_back int; ROLLBACK;\n");
    EXPECT_THAT(
        changes_of(seen),
        UnorderedElementsAre("relation_created made   by 1", "relation_created t_n   by 6",
                             "column_added t c integer not null by 4",
                             "column_dropped t note text by 5", "relation_dropped log   by 7"));
}

TEST_F(ReplayEffects, AStatementThatTakesTimeTellsOfSizes) {
    const MigrationObservation seen = replay_file(
        "DO $$ BEGIN PERFORM pg_sleep(0.02); INSERT INTO log SELECT i FROM generate_series(1, "
        "10000) i; END $$;\n");
    ASSERT_THAT(seen.statements.at(0).sizes, SizeIs(1));
    const auto& size = seen.statements[0].sizes[0];
    EXPECT_EQ(size.relation.text(), "log");
    EXPECT_EQ(size.bytes_before, 0);
    EXPECT_EQ(std::to_string(size.bytes_after), value_of("SELECT pg_total_relation_size('log')"));
}

TEST_F(ReplayEffects, APartitionNamesItsTopmostParent) {
    run_sql(
        "CREATE TABLE p(id int, at int) PARTITION BY RANGE (id);"
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (at);"
        "CREATE TABLE p11 PARTITION OF p1 FOR VALUES FROM (0) TO (10)");
    const MigrationObservation seen = replay_file("ALTER TABLE p ADD c int;\n");
    std::vector<std::string> children;
    for (const auto& hold : seen.holds)
        children.push_back(hold.relation.name + " of " + hold.child_of.name);
    EXPECT_THAT(children, UnorderedElementsAre("p of ", "p1 of p", "p11 of p"));
}

TEST_F(ReplayEffects, TheLargestTableIsAsItWasAndNeedNotChange) {
    run_sql("INSERT INTO log VALUES (1)");
    auto bytes = value_of("SELECT pg_total_relation_size('t')");
    const struct {
        const char* sql;
        const char* table;
    } rows[] = {
        {"ALTER TABLE t ADD c int;", "t"},
        {"ALTER TABLE log ADD c int; ALTER TABLE t ADD d int;", "t"},
        {"ALTER TABLE t ALTER n TYPE bigint;", "t"},
        {"UPDATE t SET n = 1 WHERE id = 1;", "t"},
        {"ALTER TABLE log ADD e int;", "log"},
        {"SELECT 1;", nullptr},
    };
    for (const auto& row : rows) {
        const auto largest = replay_file(std::string{row.sql} + "\n").largest_table;
        ASSERT_EQ(largest.has_value(), row.table != nullptr) << row.sql;
        if (!largest) continue;
        EXPECT_EQ(largest->relation.text(), row.table) << row.sql;
        if (row.table == std::string_view{"t"}) {
            EXPECT_EQ(std::to_string(largest->bytes), bytes) << row.sql;
        }
        bytes = value_of("SELECT pg_total_relation_size('t')");
    }
}

TEST_F(ReplayEffects, ATableIsAsLargeAsItsLockedPartitions) {
    run_sql(
        "CREATE TABLE p(id int) PARTITION BY RANGE (id);"
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);"
        "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);"
        "INSERT INTO p SELECT i FROM generate_series(0, 19) i");
    const auto largest = replay_file("ALTER TABLE p ADD c int;\n").largest_table;
    ASSERT_TRUE(largest);
    EXPECT_EQ(largest->relation.text(), "p");
    EXPECT_EQ(largest->bytes, 2 * 8192);
}

TEST_F(ReplayEffects, AWaitNamesTheLockAndWhoHeldIt) {
    const pg::ConnInfo address = [&] {
        pg::ConnInfo other = where();
        other.application_name = "somebody else";
        return other;
    }();
    std::thread somebody;
    listener_.on_statement = [&](const std::string& sql) {
        if (sql.find("ADD c") == std::string::npos) return;
        std::promise<void> has_lock;
        somebody = std::thread{[&has_lock, address] {
            pg::PerformerSession session{address};
            session.execute("BEGIN; LOCK TABLE t IN ACCESS SHARE MODE");
            has_lock.set_value();
            // Until the migration waits, and then for long enough to be seen.
            session.execute(
                "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted) LOOP "
                "PERFORM pg_sleep(0.001); END LOOP; PERFORM pg_sleep(0.2); END $$");
            session.execute("COMMIT");
        }};
        has_lock.get_future().wait();
    };
    const MigrationObservation seen = replay_file("ALTER TABLE t ADD c int;\n");
    somebody.join();
    ASSERT_THAT(seen.statements.at(0).waits, SizeIs(1));
    const auto& wait = seen.statements[0].waits[0];
    EXPECT_EQ(wait.locktype, "relation");
    EXPECT_EQ(wait.relation.text(), "t");
    EXPECT_EQ(wait.mode, pg::LockMode::access_exclusive);
    EXPECT_GT(wait.waited, Millis{100});
    EXPECT_GT(wait.began, Millis{0});
    EXPECT_LE(wait.began + wait.waited, seen.statements[0].elapsed);
    EXPECT_THAT(wait.on, ElementsAre("rehearse performer"));
}

TEST_F(ReplayEffects, AnIndexBuildTellsItsPhases) {
    run_sql("INSERT INTO t SELECT i, i, md5(i::text) FROM generate_series(30000, 200000) i");
    const MigrationObservation seen = replay_file("CREATE INDEX CONCURRENTLY t_n ON t(note);\n");
    const auto& build = seen.statements.at(0);
    ASSERT_THAT(build.phases, SizeIs(Gt(1U)));
    Millis sum{};
    Millis before{};
    for (const auto& phase : build.phases) {
        EXPECT_EQ(phase.command, "CREATE INDEX CONCURRENTLY");
        EXPECT_GT(phase.began, before);
        before = phase.began;
        sum += phase.elapsed;
    }
    EXPECT_LE(sum, build.elapsed);
}

// Bounds, because nobody could look before COMMIT.
TEST_F(ReplayEffects, ASampledHoldHasBounds) {
    const MigrationObservation seen = replay_file("CREATE INDEX CONCURRENTLY t_n ON t(n);\n");
    ASSERT_THAT(seen.holds, Not(IsEmpty()));
    for (const auto& hold : seen.holds) {
        EXPECT_EQ(hold.evidence, observe::Evidence::sampled);
        EXPECT_LE(hold.not_before, hold.acquired);
        EXPECT_LE(hold.acquired, hold.released);
        EXPECT_LE(hold.released, hold.not_after);
        EXPECT_LE(hold.not_after, seen.elapsed);
    }
}

}  // namespace
}  // namespace rehearse::test
