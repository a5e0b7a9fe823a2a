#include "rehearse/observe/sampler.hpp"
#include "rehearse/pg/performer_session.hpp"

#include "support/local_postgres.hpp"

#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace rehearse::test {
namespace {

using namespace std::chrono_literals;
using observe::LiveStatus;
using observe::PollFor;
using observe::SampledHold;
using pg::LockMode;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class Sampler : public PostgresTest {
  protected:
    void SetUp() override {
        PostgresTest::SetUp();
        if (IsSkipped()) return;
        run_sql(
            "CREATE TABLE t(id int PRIMARY KEY, n int);"
            "INSERT INTO t SELECT i, i FROM generate_series(1, 100000) i");
        performer_.emplace(where());
        start(1ms);
    }

    void start(Millis interval) {
        sampler_.reset();
        sampler_.emplace(where(), interval, [this](const LiveStatus& status) {
            const std::lock_guard lock{mutex_};
            told_.push_back(status);
        });
        sampler_->watch(performer_->backend_pid());
    }

    pg::ExecuteResult run(const std::string& sql, PollFor what = PollFor::all_locks) {
        sampler_->statement_begins(++ordinal_, clock_, what);
        const pg::ExecuteResult result = performer_->execute(sql);
        sampler_->statement_ended();
        clock_ += result.elapsed;
        EXPECT_EQ(result.error, std::nullopt) << (result.error ? result.error->message : "");
        return result;
    }

    std::optional<pg::PerformerSession> performer_;
    std::mutex mutex_;
    std::vector<LiveStatus> told_;
    std::optional<observe::Sampler> sampler_;
    Millis clock_{};
    std::size_t ordinal_ = 0;
};

TEST_F(Sampler, SeesTheTransactionsOfAConcurrentBuildApart) {
    run("CREATE INDEX CONCURRENTLY i ON t(n)");
    const std::vector<SampledHold> holds = sampler_->take_holds();
    std::set<std::string> transactions;
    for (const SampledHold& hold : holds) {
        EXPECT_EQ(hold.ordinal, 1U);
        if (hold.mode != LockMode::share_update_exclusive || !hold.first_granted) continue;
        transactions.insert(hold.virtualtransaction);
        EXPECT_LE(*hold.first_granted, *hold.last_granted);
        EXPECT_LE(*hold.last_granted, clock_ + 1ms);
    }
    EXPECT_GE(transactions.size(), 2U);
    EXPECT_THAT(sampler_->take_holds(), IsEmpty());
}

TEST_F(Sampler, SeesALockThatIsTakenAndLetGoWithinAStatement) {
    run("SELECT pg_sleep(0.02)");
    run("DO $$ BEGIN BEGIN LOCK TABLE t IN SHARE MODE; PERFORM pg_sleep(0.3); RAISE "
        "division_by_zero; "
        "EXCEPTION WHEN division_by_zero THEN NULL; END; PERFORM pg_sleep(0.3); END $$");
    bool seen = false;
    for (const SampledHold& hold : sampler_->take_holds()) {
        if (hold.mode != LockMode::share) continue;
        seen = true;
        EXPECT_EQ(hold.ordinal, 2U);
        EXPECT_GE(*hold.last_granted - *hold.first_granted, 50ms);
        EXPECT_LE(*hold.last_granted, clock_ - 100ms);
        EXPECT_GE(*hold.first_granted, 20ms);
    }
    EXPECT_TRUE(seen);
}

TEST_F(Sampler, SeesAWait) {
    pg::PerformerSession other{where()};
    other.execute("BEGIN; LOCK TABLE t IN ACCESS SHARE MODE");
    // Lets go once the performer waits.
    std::jthread releaser{[&] {
        while (value_of("SELECT count(*) FROM pg_locks WHERE NOT granted") != "1") {
        }
        other.execute("SELECT pg_sleep(0.3)");
        other.execute("COMMIT");
    }};
    performer_->execute("BEGIN");
    run("LOCK TABLE t IN ACCESS EXCLUSIVE MODE", PollFor::waits);
    run("SELECT pg_sleep(0.3)", PollFor::waits);
    performer_->execute("COMMIT");
    bool seen = false;
    for (const SampledHold& hold : sampler_->take_holds()) {
        if (hold.mode != LockMode::access_exclusive) continue;
        seen = true;
        ASSERT_TRUE(hold.first_waiting);
        ASSERT_TRUE(hold.first_granted);
        EXPECT_GE(hold.waited(), 50ms);
        EXPECT_LE(hold.waited(), clock_);
    }
    EXPECT_TRUE(seen);
}

TEST_F(Sampler, PollsNothingWhileNothingRuns) {
    run("SELECT pg_sleep(0.3)");
    const auto polled = sampler_->figures().readings;
    EXPECT_GT(polled, 0U);
    performer_->execute("SELECT pg_sleep(0.1)");  // the sampler was not told of it
    // One poll may have been under way when the statement ended.
    EXPECT_LE(sampler_->figures().readings, polled + 1);
}

TEST_F(Sampler, LeavesTinyStatementsToTheWitness) {
    const auto before = sampler_->figures().readings;
    for (int i = 0; i < 200; ++i) run("SELECT 1", PollFor::waits);
    EXPECT_LE(sampler_->figures().readings, before + 100);
}

TEST_F(Sampler, IsAwakeForTheStatementAfterALongOne) {
    for (int i = 0; i < 8; ++i) {
        run("SELECT pg_sleep(0.4)", PollFor::waits);  // polled every 80 ms by now
        const auto before = sampler_->figures().readings;
        run("SELECT pg_sleep(0.05)", PollFor::waits);
        EXPECT_GT(sampler_->figures().readings, before);
    }
}

TEST_F(Sampler, ReportsItsGaps) {
    run("SELECT pg_sleep(0.5)");
    const observe::SamplerFigures figures = sampler_->figures();
    EXPECT_EQ(figures.interval, Millis{1});
    EXPECT_GT(figures.gap_p50, 0.5ms);
    EXPECT_LE(figures.gap_p50, figures.gap_p99);
    EXPECT_LE(figures.gap_p99, figures.longest_gap);
    EXPECT_LT(figures.longest_gap, 500ms);
    EXPECT_FALSE(figures.lost);
}

TEST_F(Sampler, TakesATenthOfTheTimeAtMost) {
    // 1,000 partitions with an index each: a reading of their locks costs milliseconds.
    run_sql(
        "CREATE TABLE p(i int) PARTITION BY RANGE (i);"
        "DO $$ BEGIN FOR i IN 1..1000 LOOP EXECUTE format('CREATE TABLE p%s PARTITION OF p "
        "FOR VALUES FROM (%s) TO (%s)', i, i, i + 1); END LOOP; END $$");
    performer_->execute("BEGIN");
    performer_->execute("ALTER TABLE p ADD COLUMN c int");
    const auto before = sampler_->figures().readings;
    const Millis elapsed = run("SELECT pg_sleep(0.5)").elapsed;
    const auto readings = static_cast<double>(sampler_->figures().readings - before);
    performer_->execute("ROLLBACK");
    EXPECT_LT(readings, elapsed.count() / 2);  // 1 ms was asked for
    EXPECT_GT(readings, 3);
}

TEST_F(Sampler, SurvivesItsConnection) {
    run("SELECT pg_sleep(0.3)");
    const auto before = sampler_->figures().readings;
    ASSERT_GT(before, 0U);
    value_of(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = "
        "'rehearse sampler' "
        "AND datname = current_database()");
    run("LOCK TABLE t; SELECT pg_sleep(0.5)");
    EXPECT_GT(sampler_->figures().readings, before);
    EXPECT_FALSE(sampler_->figures().lost);
    EXPECT_THAT(sampler_->take_holds(),
                Contains(testing::Field(&SampledHold::mode, LockMode::access_exclusive)));
}

TEST_F(Sampler, TellsWhatALongStatementDoes) {
    run("LOCK TABLE t IN SHARE MODE; SELECT pg_sleep(1)");
    const std::lock_guard lock{mutex_};
    ASSERT_FALSE(told_.empty());
    EXPECT_LE(told_.size(), 5U);
    EXPECT_EQ(told_[0].strongest_lock, "ShareLock on t");
    EXPECT_GE(told_[0].elapsed, 250ms);
}

TEST_F(Sampler, TellsThePhaseOfAnIndexBuild) {
    run_sql(
        "CREATE FUNCTION slow(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS "
        "'BEGIN IF $1 % 200 = 0 THEN PERFORM pg_sleep(0.001); END IF; RETURN $1; END'");
    run("CREATE INDEX CONCURRENTLY i ON t(slow(n))");
    const std::lock_guard lock{mutex_};
    ASSERT_FALSE(told_.empty());
    EXPECT_THAT(told_[0].phase, HasSubstr("building index"));
    ASSERT_TRUE(told_[0].share_done);
    EXPECT_GT(*told_[0].share_done, 0);
    EXPECT_LE(*told_[0].share_done, 1);
}

TEST_F(Sampler, EndsAtOnceWhileAStatementRuns) {
    sampler_->statement_begins(1, {}, PollFor::all_locks);
    const auto before = Clock::now();
    sampler_.reset();
    EXPECT_LT(Clock::now() - before, 5s);
}

}  // namespace
}  // namespace rehearse::test
