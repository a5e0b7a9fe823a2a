#include "rehearse/base/text.hpp"
#include "rehearse/pg/performer_session.hpp"

#include "integration/truth_server.hpp"

#include <cstdlib>
#include <limits>

// A statement's elapsed time against the server's own figure, which log_min_duration_statement
// writes to its log.
namespace rehearse::test {
namespace {

constexpr Millis kBound{1};
constexpr double kShare = 0.01;
// Our figure ends when we have a processor to read the answer with; on a busy machine that is
// later than the bound now and then, and not for the same statement every time.
constexpr int kAttempts = 8;

constexpr const char* kStatements[] = {
    "SELECT pg_sleep(0.3)",
    "INSERT INTO t SELECT g, g, 'text ' || g FROM generate_series(1, 100000) AS g",
    "ALTER TABLE t ADD COLUMN c integer",
    "CREATE INDEX t_n ON t (n)",
    "UPDATE t SET n = n + 1",
    "ALTER TABLE t ALTER COLUMN n TYPE bigint",
    "DO $$ BEGIN PERFORM pg_sleep(0.1); END $$",
    "SELECT 1",
};

class TruthOfElapsed : public TruthTest, public testing::WithParamInterface<int> {
  protected:
    void SetUp() override { use_server(GetParam()); }

    // From "duration: 301.123 ms  statement: SELECT ..."; the last one of this text.
    std::optional<Millis> logged(const std::string& sql) {
        std::optional<Millis> found;
        for (const std::string& line : split_lines(truth().server().log_tail(1000))) {
            const std::string name = "duration: ";
            const auto at = line.find(name);
            if (at == std::string::npos || !line.ends_with(" ms  statement: " + sql)) continue;
            found = Millis{std::strtod(line.c_str() + at + name.size(), nullptr)};
        }
        return found;
    }

    // The log comes through the engine's own pipe, after the answer.
    std::optional<Millis> awaited(const std::string& sql) {
        const auto deadline = Clock::now() + std::chrono::seconds{20};
        std::optional<Millis> found;
        while (!(found = logged(sql)) && Clock::now() < deadline) {
        }
        return found;
    }
};

TEST_P(TruthOfElapsed, IsTheServersOwnDuration) {
    std::vector<testing::AssertionResult> results(std::size(kStatements),
                                                  testing::AssertionFailure());
    bool all_agree = false;
    for (int attempt = 1; !all_agree && attempt <= kAttempts; ++attempt) {
        const std::string database =
            make_database("CREATE TABLE t (id integer PRIMARY KEY, n integer, txt text)");
        // In the migration's own session: the sampler's questions stay out of the log.
        std::string text = "SET log_min_duration_statement = 0;\n";
        for (const std::string sql : kStatements) {
            // Told from other attempts by the database's name.
            const auto space = sql.find(' ');
            text += sql.substr(0, space) + " /* " + database + " */" + sql.substr(space) + ";\n";
        }
        const auto observed = truth().replay(database, truth().plan_of(text));
        ASSERT_FALSE(observed.failure) << observed.failure->error.message;
        ASSERT_EQ(observed.statements.size(), 1 + std::size(kStatements));
        all_agree = true;
        for (std::size_t i = 0; i < results.size(); ++i) {
            if (results[i]) continue;
            const auto& statement = observed.statements[i + 1];
            const auto duration = awaited(statement.sql);
            ASSERT_TRUE(duration) << statement.sql;
            results[i] = agree(*duration, statement.elapsed, kBound, kShare);
            all_agree = all_agree && results[i];
        }
    }
    for (std::size_t i = 0; i < results.size(); ++i) EXPECT_TRUE(results[i]) << kStatements[i];
}

INSTANTIATE_TEST_SUITE_P(Postgres, TruthOfElapsed, testing::ValuesIn(kTruthMajors),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace rehearse::test
