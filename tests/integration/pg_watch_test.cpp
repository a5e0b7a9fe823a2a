#include "rehearse/base/error.hpp"
#include "rehearse/pg/performer_session.hpp"
#include "rehearse/pg/watch_session.hpp"

#include "support/local_postgres.hpp"

#include <gmock/gmock.h>

namespace rehearse::test {
namespace {

using pg::LockMode;
using pg::LockReading;
using pg::PerformerSession;
using pg::RelationMap;
using pg::WatchSession;
using testing::IsEmpty;
using testing::SizeIs;

class Watch : public PostgresTest {
  protected:
    pg::Oid oid_of(const std::string& relation) const {
        return static_cast<pg::Oid>(
            std::stoul(value_of("SELECT '" + relation + "'::regclass::oid")));
    }
};

TEST_F(Watch, ReadsWhatAnOpenTransactionHolds) {
    run_sql("CREATE TABLE t(i int)");
    const pg::Oid table = oid_of("t");
    PerformerSession performer{where()};
    WatchSession watch{where(), "rehearse witness"};
    const LockReading before = watch.read_locks(performer.backend_pid());
    EXPECT_THAT(before.locks, IsEmpty());
    EXPECT_GT(before.wal_position, 0U);

    performer.execute("BEGIN");
    performer.execute("ALTER TABLE t ADD COLUMN c int");
    const LockReading held = watch.read_locks(performer.backend_pid());
    ASSERT_THAT(held.locks, SizeIs(1));
    EXPECT_EQ(held.locks[0].relation, table);
    EXPECT_EQ(held.locks[0].mode, LockMode::access_exclusive);
    EXPECT_TRUE(held.locks[0].granted);
    EXPECT_FALSE(held.locks[0].virtualtransaction.empty());
    EXPECT_GT(held.wal_position, before.wal_position);

    performer.execute("COMMIT");
    EXPECT_THAT(watch.read_locks(performer.backend_pid()).locks, IsEmpty());
}

TEST_F(Watch, LeavesOtherSessionsAndOtherDatabasesOut) {
    run_sql("CREATE TABLE t(i int)");
    PerformerSession performer{where()};
    PerformerSession other{where()};
    WatchSession watch{where(), "rehearse witness"};
    other.execute("BEGIN");
    other.execute("LOCK TABLE t IN SHARE MODE");
    EXPECT_THAT(watch.read_locks(performer.backend_pid()).locks, IsEmpty());
    WatchSession elsewhere{server().address("postgres"), "rehearse witness"};
    EXPECT_THAT(elsewhere.read_locks(other.backend_pid()).locks, IsEmpty());
    EXPECT_THAT(watch.read_locks(other.backend_pid()).locks, SizeIs(1));
}

TEST_F(Watch, FactsWaitForNoLock) {
    run_sql("CREATE TABLE t(i int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 10000)");
    const pg::Oid table = oid_of("t");
    const pg::Oid index = oid_of("t_pkey");
    PerformerSession performer{where()};
    WatchSession watch{where(), "rehearse witness"};
    performer.execute("BEGIN");
    performer.execute("ALTER TABLE t ALTER i TYPE bigint");  // a rewrite

    const RelationMap committed = watch.read_relations({table, index, 1});
    const RelationMap own = performer.read_relations({table});
    ASSERT_THAT(committed, SizeIs(2));
    EXPECT_EQ(committed.at(table).name, (pg::RelationName{"public", "t"}));
    EXPECT_EQ(committed.at(index).table_of_index, table);
    EXPECT_NE(committed.at(table).relfilenode, own.at(table).relfilenode);
    EXPECT_EQ(watch.read_file_bytes(committed.at(table).file), 45 * 8192);
    EXPECT_GT(watch.read_file_bytes(own.at(table).file), 0);
    EXPECT_EQ(watch.read_file_bytes("base/1/nothing"), 0);
    EXPECT_EQ(watch.read_file_bytes(""), 0);
}

TEST_F(Watch, AllRelationsHaveSizesAndValidity) {
    run_sql(
        "CREATE SCHEMA s; CREATE TABLE s.t(i int PRIMARY KEY, v text); INSERT INTO s.t VALUES (1)");
    const RelationMap all = WatchSession{where(), "rehearse witness"}.read_all_relations();
    ASSERT_THAT(all, SizeIs(2));  // its toast table is left out
    EXPECT_EQ(all.at(oid_of("s.t")).bytes, 8192);
    EXPECT_TRUE(all.at(oid_of("s.t_pkey")).index_is_valid);
    EXPECT_EQ(all.at(oid_of("s.t_pkey")).table_of_index, oid_of("s.t"));
}

TEST_F(Watch, TellsOfNoProgressWhereThereIsNone) {
    WatchSession watch{where(), "rehearse sampler"};
    EXPECT_EQ(watch.read_progress(1), std::nullopt);
}

TEST_F(Watch, ABrokenConnectionIsAScratchError) {
    WatchSession watch{where(), "rehearse sampler"};
    watch.read_locks(1);
    value_of(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rehearse "
        "sampler'");
    try {
        watch.read_locks(1);
        FAIL() << "the backend was terminated";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::scratch);
    }
}

}  // namespace
}  // namespace rehearse::test
