#include "rehearse/pg/performer_session.hpp"
#include "rehearse/verdict/verdict.hpp"

#include "integration/truth_server.hpp"

#include <atomic>
#include <future>
#include <tuple>

// Sessions that really read and write a table while a migration runs on it: the longest that one
// of their statements took, against what the report says was blocked.
namespace rehearse::test {
namespace {

constexpr Millis kBound{20};
constexpr double kShare = 0.02;
// A session that is ready to go on may still wait for a processor, on a busy machine for longer
// than the bound. That makes a stall longer than the lock now and then, but a wrong figure in the
// report would be wrong every time.
constexpr int kAttempts = 6;

constexpr const char* kSchema = R"(
CREATE TABLE busy (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n integer);
INSERT INTO busy (n) SELECT g FROM generate_series(1, 200000) AS g;
CREATE TABLE other (id integer PRIMARY KEY);
INSERT INTO other SELECT g FROM generate_series(1, 200000) AS g)";

// Runs one statement again and again in a session of its own.
class Bystander {
  public:
    Bystander(const pg::ConnInfo& where, const std::string& sql)
        : longest_{std::async(std::launch::async, [this, where, sql] { return run(where, sql); })} {
        started_.get_future().wait();
    }
    Bystander(const Bystander&) = delete;
    Bystander& operator=(const Bystander&) = delete;
    ~Bystander() { is_over_ = true; }

    // The longest that it took once.
    Millis end() {
        is_over_ = true;
        return longest_.get();
    }

  private:
    Millis run(const pg::ConnInfo& where, const std::string& sql) {
        pg::PerformerSession session{where};
        session.execute(sql);  // the first one fills caches
        started_.set_value();
        Millis longest{};
        while (!is_over_) {
            const auto result = session.execute(sql);
            EXPECT_FALSE(result.error) << result.error->message;
            longest = std::max(longest, result.elapsed);
        }
        return longest;
    }

    std::atomic<bool> is_over_ = false;
    std::promise<void> started_;
    std::future<Millis> longest_;  // last: waits for its end when it goes
};

struct Case {
    std::string name;
    std::string migration;
    bool blocks_reads;
};

void PrintTo(const Case& what, std::ostream* out) {
    *out << what.name;
}

class TruthOfBlocking : public TruthTest,
                        public testing::WithParamInterface<std::tuple<int, Case>> {
  protected:
    void SetUp() override { use_server(std::get<0>(GetParam())); }

    testing::AssertionResult try_once(const Case& what) {
        const pg::ConnInfo where = truth().address(make_database(kSchema));
        const auto planned = truth().plan_of(what.migration);
        Bystander reader{where, "SELECT n FROM busy LIMIT 1"};
        Bystander updater{where, "UPDATE busy SET n = n + 1 WHERE id = 1"};
        Bystander inserter{where, "INSERT INTO busy (n) VALUES (0)"};
        const auto observed = truth().replay(where.dbname, planned);
        const Millis read = reader.end();
        const Millis updated = updater.end();
        const Millis inserted = inserter.end();
        if (observed.failure) {
            return testing::AssertionFailure() << observed.failure->error.message;
        }

        for (const verdict::Blocking& blocking : verdict::blocking_of(observed)) {
            if (blocking.relation.name != "busy") continue;
            EXPECT_EQ(blocking.blocks_reads, what.blocks_reads);
            EXPECT_GE(blocking.held, Millis{500});
            if (!what.blocks_reads) {
                EXPECT_LT(read, blocking.held / 2) << "the readers were let through";
            }
            for (const Millis stall : {updated, inserted, what.blocks_reads ? read : updated}) {
                if (auto result = agree(stall, blocking.held, kBound, kShare); !result) {
                    return result;
                }
            }
            return testing::AssertionSuccess();
        }
        return testing::AssertionFailure() << "no blocking of busy is reported";
    }
};

TEST_P(TruthOfBlocking, IsWhatOthersWaitFor) {
    testing::AssertionResult result = testing::AssertionFailure();
    for (int attempt = 1; !result && attempt <= kAttempts; ++attempt)
        result = try_once(std::get<1>(GetParam()));
    EXPECT_TRUE(result);
}

const Case kCases[] = {
    {"index", "BEGIN;\nCREATE INDEX busy_n ON busy (n);\nSELECT pg_sleep(3);\nCOMMIT;\n", false},
    {"column", "BEGIN;\nALTER TABLE busy ADD COLUMN c int;\nSELECT pg_sleep(3);\nCOMMIT;\n", true},
    // The readers plan with every index of the table.
    {"reindex", "BEGIN;\nREINDEX TABLE busy;\nSELECT pg_sleep(3);\nCOMMIT;\n", true},
    {"foreign_key",
     "BEGIN;\nALTER TABLE other ADD FOREIGN KEY (id) REFERENCES busy NOT VALID;\n"
     "SELECT pg_sleep(3);\nCOMMIT;\n",
     false},
    {"do_block",
     "DO $$ BEGIN ALTER TABLE busy ALTER COLUMN n TYPE bigint; PERFORM pg_sleep(3); END $$;\n",
     true},
};

INSTANTIATE_TEST_SUITE_P(Postgres, TruthOfBlocking,
                         testing::Combine(testing::ValuesIn(kTruthMajors),
                                          testing::ValuesIn(kCases)),
                         [](const auto& what) {
                             return std::to_string(std::get<0>(what.param)) + "_" +
                                    std::get<1>(what.param).name;
                         });

}  // namespace
}  // namespace rehearse::test
