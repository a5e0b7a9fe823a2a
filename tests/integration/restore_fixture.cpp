#include "integration/restore_fixture.hpp"

#include "rehearse/base/text.hpp"

#include <unistd.h>

namespace rehearse::restore::test {

RestoreTest::RestoreTest() : temp_(default_temp_folder(), "rr" + std::to_string(getpid())) {
    // As root the server is an unprivileged user's: it has to get through to its own folder.
    fs::permissions(temp_.path(), fs::perms::others_exec | fs::perms::group_exec,
                    fs::perm_options::add);
}

void RestoreTest::require_production() {
    if (rehearse::test::LocalPostgres::instance() == nullptr) {
        REHEARSE_SKIP_OR_FAIL(rehearse::test::LocalPostgres::why_not());
    }
}

void RestoreTest::set_up(const scratch::test::EngineCase& engine) {
    require_production();
    if (IsSkipped() || HasFatalFailure()) return;
    const std::string why_not = scratch::test::why_not_here(engine, *runner_);
    if (!why_not.empty()) REHEARSE_SKIP_OR_FAIL(why_not);
    run_.emplace(temp_.path(), "r");
    auto options = run_->options(engine);
    options.readable_input = Production::instance().folder();
    scratch_ = std::make_unique<scratch::test::RunningScratch>(
        scratch::make_engine(engine.kind, pg::ServerVersion{engine.major * 10000}, options,
                             *runner_, progress_),
        scratch::restore_settings(std::uint64_t{1} << 30, 2));
}

snapshot::Snapshot RestoreTest::read(const fs::path& path) {
    return snapshot::read_snapshot(path, progress_);
}

RestoreResult RestoreTest::restore(const snapshot::Snapshot& snapshot, int jobs) {
    RestoreOptions options;
    options.jobs = jobs;
    return restore_snapshot(snapshot, engine(), server(), options, progress_);
}

Error RestoreTest::failure(const snapshot::Snapshot& snapshot) {
    try {
        restore(snapshot);
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "it was restored";
    return Error(ErrorKind::internal, "");
}

std::string RestoreTest::value_of(const std::string& database, const std::string& query) {
    scratch::ClientTool psql;
    psql.program = "psql";
    psql.dbname = database;
    psql.args = {"-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", query};
    const auto result = engine().run_client_tool(server(), psql);
    EXPECT_TRUE(result.ok()) << query << ": " << result.err;
    return std::string(trimmed(result.out));
}

std::string RestoreTest::as_text(const std::string& database) {
    scratch::ClientTool pg_dump;
    pg_dump.program = "pg_dump";
    pg_dump.dbname = database;
    pg_dump.args = {"--create"};
    const auto result = engine().run_client_tool(server(), pg_dump);
    EXPECT_TRUE(result.ok()) << result.err;
    return comparable(result.out);
}

std::string RestoreTest::what_a_restore_makes() {
    return value_of(
        "postgres",
        "SELECT string_agg(name, ',' ORDER BY name) FROM (SELECT datname FROM pg_database "
        "UNION ALL SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_') AS made (name)");
}

}  // namespace rehearse::restore::test
