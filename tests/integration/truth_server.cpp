#include "integration/truth_server.hpp"

#include "rehearse/pg/performer_session.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace rehearse::test {

namespace {

scratch::test::EngineCase engine_of(int major) {
    const std::string version = std::to_string(major);
    return {"docker" + version, scratch::EngineKind::docker, major,
            "rehearse-test/postgres:" + version};
}

class RunningListener final : public replay::ReplayListener {
  public:
    explicit RunningListener(const std::function<void()>& on_running) : on_running_{on_running} {}

    void migration_begins(std::size_t, std::size_t, const migrations::Migration&) override {}
    void statement_begins(std::size_t, std::uint64_t, const std::string&) override {}
    void statement_running(const observe::LiveStatus&) override {
        if (on_running_) on_running_();
    }
    void migration_ended(std::size_t, const migrations::Migration&,
                         const observe::MigrationObservation&) override {}

  private:
    std::function<void()> on_running_;
};

void execute(const pg::ConnInfo& where, const std::string& sql) {
    const auto result = pg::PerformerSession{where}.execute(sql);
    if (result.error) throw std::runtime_error{result.error->message + "\nin: " + sql};
}

}  // namespace

std::string TruthServer::why_not_here(int major) {
    static std::map<int, std::string> asked;
    const auto [at, is_first] = asked.try_emplace(major);
    if (is_first) {
        const auto runner = process::make_process_runner();
        at->second = scratch::test::why_not_here(engine_of(major), *runner);
    }
    return at->second;
}

TruthServer& TruthServer::of(int major) {
    static std::map<int, std::unique_ptr<TruthServer>> all;
    auto& server = all[major];
    if (!server) server.reset(new TruthServer{major});
    return *server;
}

TruthServer::TruthServer(int major)
    : temp_{default_temp_folder(), "tr" + std::to_string(getpid()) + std::to_string(major)} {
    const auto engine = engine_of(major);
    run_.emplace(temp_.path(), "t" + engine.name);
    auto settings = scratch::replay_settings(std::uint64_t{1} << 30);
    // Databases are made and dropped by the hundred.
    settings["fsync"] = "off";
    scratch_.emplace(run_->make(engine, *runner_, progress_), settings);
}

pg::ConnInfo TruthServer::address(const std::string& database) {
    pg::ConnInfo where = server().address();
    where.dbname = database;
    return where;
}

std::string TruthServer::make_database(const std::string& script) {
    std::string& made = templates_[script];
    if (made.empty()) {
        made = "template_" + std::to_string(templates_.size());
        execute(address("postgres"), "CREATE DATABASE " + made);
        execute(address(made), script);
        execute(address(made), "VACUUM ANALYZE");
    }
    const std::string name = "truth_" + std::to_string(++databases_);
    execute(address("postgres"), "CREATE DATABASE " + name + " TEMPLATE " + made);
    return name;
}

void TruthServer::drop_database(const std::string& name) {
    execute(address("postgres"), "DROP DATABASE " + name + " WITH (FORCE)");
}

plan::PlannedMigration TruthServer::plan_of(const std::string& text) {
    plan::PlannedMigration planned;
    planned.migration.version = std::to_string(++files_);
    planned.migration.name = "truth";
    planned.migration.path = temp_.path() / (planned.migration.version + "_truth.sql");
    planned.migration.tool = "plain";
    planned.migration.through_psql = true;
    write_file_atomically(planned.migration.path, text);
    planned.survey = plan::survey_file(planned.migration);
    return planned;
}

observe::MigrationObservation TruthServer::replay(const std::string& database,
                                                  const plan::PlannedMigration& planned,
                                                  const std::function<void()>& on_running) {
    RunningListener listener{on_running};
    return replay_plan({{planned}}, server(), database, run_->id(), {}, listener).migrations.at(0);
}

void TruthTest::use_server(int major) {
    if (const std::string why = TruthServer::why_not_here(major); !why.empty()) {
        REHEARSE_SKIP_OR_FAIL(why);
    }
    truth_ = &TruthServer::of(major);
}

void TruthTest::TearDown() {
    if (!database_.empty()) truth().drop_database(database_);
}

const std::string& TruthTest::make_database(const std::string& script) {
    if (!database_.empty()) truth().drop_database(database_);
    database_.clear();
    database_ = truth().make_database(script);
    return database_;
}

void TruthTest::run_sql(const std::string& database, const std::string& sql) {
    const auto result = pg::PerformerSession{truth().address(database)}.execute(sql);
    EXPECT_FALSE(result.error) << result.error->message << "\nin: " << sql;
}

testing::AssertionResult agree(Millis measured, Millis reported, Millis bound, double share) {
    const Millis apart{std::abs((measured - reported).count())};
    const Millis allowed = std::max(bound, measured * share);
    const auto result =
        apart <= allowed ? testing::AssertionSuccess() : testing::AssertionFailure();
    return testing::AssertionResult{result} << "measured " << measured.count() << " ms, reported "
                                            << reported.count() << " ms";
}

}  // namespace rehearse::test
