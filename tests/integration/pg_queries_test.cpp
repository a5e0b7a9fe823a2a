#include "support/local_postgres.hpp"

namespace rehearse::test {
namespace {

using Queries = PostgresTest;

TEST_F(Queries, EveryFileRunsInPsqlAsItIs) {
    run_sql("CREATE EXTENSION pg_stat_statements");
    int files = 0;
    for (const auto& entry :
         fs::directory_iterator(fs::path{REHEARSE_SOURCE_DIR} / "src/pg/queries")) {
        const auto result = server().run_client(
            "psql", {"-X", "-v", "ON_ERROR_STOP=1", "-f", entry.path()}, database());
        EXPECT_TRUE(result.ok()) << entry.path() << ": " << result.err;
        const std::string text = read_file(entry.path());
        if (text.find("$1") != std::string::npos) {
            EXPECT_NE(text.find("\nPREPARE " + entry.path().stem().string() + "("),
                      std::string::npos)
                << entry.path();
        }
        ++files;
    }
    EXPECT_GT(files, 10);
}

}  // namespace
}  // namespace rehearse::test
