#pragma once

#include "rehearse/base/files.hpp"
#include "rehearse/pg/types.hpp"
#include "rehearse/process/process.hpp"

#include "support/skip.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rehearse::test {

// One real PostgreSQL server for a whole test program: initdb in a private folder (as root: as the
// user postgres), unix socket only, started at its first use, stopped and removed at the program's
// end. Its binaries are those of the newest /usr/lib/postgresql/*/bin, or of $REHEARSE_TEST_PG_BIN.
class LocalPostgres {
  public:
    static constexpr const char* kMarker = "local-postgres-test";

    // nullptr where there is no PostgreSQL; why_not() then says so.
    static LocalPostgres* instance();
    static const std::string& why_not();

    // A hot standby with what the primary has just now.
    static std::unique_ptr<LocalPostgres> replica_of(const LocalPostgres& primary);

    ~LocalPostgres();

    pg::ConnInfo address(const std::string& dbname = "postgres") const;
    std::string create_database();
    void drop_database(const std::string& name);

    // A client program of the same version against this server: "psql", "pg_dump". PGHOST, PGUSER
    // and PGDATABASE are set.
    process::ProcessResult run_client(const std::string& program,
                                      const std::vector<std::string>& args,
                                      const std::string& dbname, const std::string& input = {});
    std::string log_tail() const;
    // The server's log; each entry begins with a time, and its further lines with a tab.
    fs::path log_file() const { return folder_.path() / "log"; }

  private:
    LocalPostgres(const fs::path& bin, const std::string& name);
    // A program of the server's, which makes its data folder.
    void make_data(const std::string& program, const std::vector<std::string>& args);
    void start();

    fs::path bin_;
    TempDir folder_;
    std::optional<process::RunAs> run_as_;
    std::unique_ptr<process::ProcessRunner> runner_;
    std::unique_ptr<process::RunningProcess> server_;
    int databases_ = 0;
};

// A test with a database of its own.
class PostgresTest : public ::testing::Test {
  protected:
    void SetUp() override;
    void TearDown() override;

    LocalPostgres& server() const { return *LocalPostgres::instance(); }
    pg::ConnInfo where() const { return server().address(database_); }
    const std::string& database() const { return database_; }
    // psql -X -q -v ON_ERROR_STOP=1; fails the test when psql does.
    void run_sql(const std::string& sql) const;
    // The first column of the first row, by psql -At.
    std::string value_of(const std::string& query) const;

  private:
    std::string database_;
};

}  // namespace rehearse::test
