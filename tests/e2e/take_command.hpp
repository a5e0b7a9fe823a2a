#pragma once

#include "e2e/rehearse_test.hpp"
#include "support/local_postgres.hpp"

#include <string>

namespace rehearse::test {

// With a database of its own as production.
class TakeCommand : public RehearseTest {
  protected:
    void SetUp() override {
        RehearseTest::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        database_ = production().create_database();
        run_sql(
            "CREATE ROLE take_owner; CREATE TABLE users (id serial PRIMARY KEY, email text);\n"
            "ALTER TABLE users OWNER TO take_owner;\n"
            "INSERT INTO users (email) SELECT 'person' || g FROM generate_series(1, 1000) g;\n");
    }

    void TearDown() override {
        RehearseTest::TearDown();
        if (database_.empty()) return;
        production().drop_database(database_);
        production().run_client("psql", {"-Xqc", "DROP ROLE take_owner"}, "postgres");
    }

    static LocalPostgres& production() { return *LocalPostgres::instance(); }

    void run_sql(const std::string& sql) const {
        const auto result = production().run_client("psql", {"-Xqf", "-"}, database_, sql);
        EXPECT_TRUE(result.ok()) << result.err;
    }

    Args take_into(const std::string& place) const {
        return {"snapshot",
                "take",
                "--from",
                "host=" + production().address().host + " user=postgres dbname=" + database_,
                "--to",
                place};
    }

    std::string database_;
};

}  // namespace rehearse::test
