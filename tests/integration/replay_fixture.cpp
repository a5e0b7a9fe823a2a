#include "replay_fixture.hpp"

#include "rehearse/base/text.hpp"

#include <unistd.h>

namespace rehearse::test {

void NotingListener::migration_begins(std::size_t index, std::size_t count,
                                      const migrations::Migration& migration) {
    told.push_back("begins " + std::to_string(index + 1) + " of " + std::to_string(count) + " " +
                   migration.version);
}

void NotingListener::statement_begins(std::size_t ordinal, std::uint64_t of,
                                      const std::string& sql) {
    told.push_back(std::to_string(ordinal) + " of " + std::to_string(of) + " " + sql);
    if (on_statement) on_statement(sql);
}

void NotingListener::statement_running(const observe::LiveStatus& status) {
    const std::lock_guard lock{mutex};
    running.push_back(status.strongest_lock);
}

void NotingListener::migration_ended(std::size_t, const migrations::Migration& migration,
                                     const observe::MigrationObservation& observation) {
    told.push_back("ended " + migration.version + (observation.failure ? " failed" : ""));
}

void ReplayTest::SetUp() {
    PostgresTest::SetUp();
    if (IsSkipped()) return;
    folder_.emplace(default_temp_folder(), "rehearse-test-files-" + std::to_string(getpid()));
}

migrations::Migration ReplayTest::add_migration(const std::string& text, Mode mode) {
    migrations::Migration migration;
    migration.version = std::to_string(++files_);
    migration.name = "test";
    migration.path = folder_->path() / (migration.version + "_test.sql");
    migration.tool = mode == Mode::whole_file_query ? "golang-migrate" : "plain";
    migration.transaction_mode = mode;
    migration.through_psql = mode == Mode::autocommit;
    write_file_atomically(migration.path, text);
    migrations_.push_back(migration);
    return migration;
}

replay::Observations ReplayTest::replay_all(const replay::ReplayOptions& options) {
    plan::ReplayPlan plan;
    for (const migrations::Migration& migration : migrations_)
        plan.migrations.push_back({migration, plan::survey_file(migration), true});
    LocalScratch scratch{server()};
    return replay_plan(plan, scratch, database(), LocalPostgres::kMarker, options, listener_);
}

observe::MigrationObservation ReplayTest::replay_file(const std::string& text, Mode mode,
                                                      const replay::ReplayOptions& options) {
    migrations_.clear();
    add_migration(text, mode);
    observe::MigrationObservation observation = replay_all(options).migrations.at(0);
    migrations_.clear();
    return observation;
}

observe::MigrationObservation ReplayTest::replay_on(const std::string& database,
                                                    const std::string& text, Mode mode,
                                                    const replay::ReplayOptions& options) {
    const migrations::Migration migration = add_migration(text, mode);
    migrations_.pop_back();
    plan::FileSurvey survey;
    // Of a text that golang-migrate sends as it is, the survey would refuse psql's commands.
    if (mode != Mode::whole_file_query) survey = plan::survey_file(migration);
    const plan::ReplayPlan plan{{{migration, survey, true}}};
    LocalScratch scratch{server()};
    return replay_plan(plan, scratch, database, LocalPostgres::kMarker, options, listener_)
        .migrations.at(0);
}

void ReplayTest::reset(const std::string& database, const std::string& schema) const {
    const std::string sql =
        "DROP SCHEMA public CASCADE; CREATE SCHEMA public; SET search_path = public; " + schema;
    const auto made = pg::PerformerSession{server().address(database)}.execute(sql);
    EXPECT_EQ(made.error, std::nullopt) << (made.error ? made.error->message : "");
}

// Without comments, settings, empty lines and pg_dump's \restrict, whose key is made anew each
// time.
std::string ReplayTest::dump(const std::string& database) const {
    const auto result = server().run_client("pg_dump", {"--inserts"}, database);
    EXPECT_TRUE(result.ok()) << result.err;
    std::string statements;
    for (const std::string& line : split_lines(result.out)) {
        const bool is_frame = line.empty() || line.starts_with("--") || line.starts_with("SET ") ||
                              line.starts_with("\\");
        if (!is_frame) statements += line + "\n";
    }
    return statements;
}

std::string failure_of(const observe::MigrationObservation& observation) {
    return observation.failure ? observation.failure->error.sqlstate.code : "";
}

}  // namespace rehearse::test
