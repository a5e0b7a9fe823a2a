#include "integration/restore_fixture.hpp"

#include "rehearse/base/text.hpp"

#include <unistd.h>

#include <map>
#include <utility>

namespace rehearse::restore::test {

FreshVolume& FreshVolume::of(const scratch::test::EngineCase& engine) {
    static std::map<std::string, std::unique_ptr<FreshVolume>> all;
    auto& volume = all[engine.name];
    if (!volume) volume.reset(new FreshVolume(engine));
    return *volume;
}

FreshVolume::FreshVolume(const scratch::test::EngineCase& engine)
    : temp_(default_temp_folder(), "rr" + std::to_string(getpid()) + engine.name) {
    // As root the server is an unprivileged user's: it has to get through to its own folder.
    fs::permissions(temp_.path(), fs::perms::others_exec | fs::perms::group_exec,
                    fs::perm_options::add);
    run_.emplace(temp_.path(), "r" + engine.name);
    auto options = run_->options(engine);
    options.readable_input = Production::instance().folder();
    engine_ = scratch::make_engine(engine.kind, pg::ServerVersion{engine.major * 10000}, options,
                                   *runner_, progress_);
    volume_ = engine_->create_volume();
}

FreshVolume::~FreshVolume() {
    engine_->remove_volume(volume_);
}

void RestoreTest::require_production() {
    if (rehearse::test::LocalPostgres::instance() == nullptr) {
        REHEARSE_SKIP_OR_FAIL(rehearse::test::LocalPostgres::why_not());
    }
}

void RestoreTest::set_up(const scratch::test::EngineCase& engine) {
    require_production();
    if (IsSkipped() || HasFatalFailure()) return;
    const auto runner = process::make_process_runner();
    const std::string why_not = scratch::test::why_not_here(engine, *runner);
    if (!why_not.empty()) REHEARSE_SKIP_OR_FAIL(why_not);
    fresh_ = &FreshVolume::of(engine);
    volume_ = fresh_->clone();
    server_ = fresh_->engine().start(volume_, scratch::restore_settings());
}

void RestoreTest::end_scratch() {
    server_.reset();
    if (!volume_.name.empty()) fresh_->engine().remove_volume(std::exchange(volume_, {}));
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
