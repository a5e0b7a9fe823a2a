#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/redactor.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/command/command.hpp"
#include "rehearse/pg/admin_session.hpp"
#include "rehearse/pg/watch_session.hpp"

#include "answer.hpp"
#include "command_output.hpp"
#include "environment.hpp"
#include "holds.hpp"
#include "lock_watch.hpp"
#include "log_follower.hpp"
#include "relay.hpp"
#include "stragglers.hpp"
#include "transcript.hpp"

#include <algorithm>
#include <fstream>
#include <mutex>
#include <set>

namespace rehearse::command {

namespace {

// Sessions of the command, as the relay tells of them on its thread.
class Sessions final : public RelayListener {
  public:
    explicit Sessions(LockWatch* locks) : locks_(locks) {}

    void session_began(int pid) override {
        {
            const std::lock_guard guard(mutex_);
            pids_.insert(pid);
        }
        if (locks_ != nullptr) locks_->watch(pid);
    }
    void session_ended(int pid) override {
        if (locks_ != nullptr) locks_->forget(pid);
    }
    void between_statements(int pid) override {
        if (locks_ != nullptr) locks_->read_between(pid);
    }

    std::set<int> pids() {
        const std::lock_guard guard(mutex_);
        return pids_;
    }

  private:
    LockWatch* locks_;
    std::mutex mutex_;
    std::set<int> pids_;
};

// Whatever ends the run, nothing that the command started goes on.
class Processes {
  public:
    explicit Processes(std::string run) : run_(std::move(run)) {}
    Processes(const Processes&) = delete;
    Processes& operator=(const Processes&) = delete;
    ~Processes() { end(); }
    int end() { return end_stragglers(run_); }

  private:
    std::string run_;
};

pg::ConnInfo address_of(const CommandPlace& place) {
    auto address = place.server.address();
    address.dbname = place.database;
    return address;
}

void check_marker(pg::AdminSession& admin, const CommandPlace& place) {
    const auto found = admin.marker();
    if (!found.empty() && found == place.marker) return;
    throw Error(ErrorKind::scratch,
                "the server at " + place.server.address().host + " is not this run's scratch",
                {"Nothing was run there. Let rehearse start the scratch itself."});
}

observe::SessionSettings settings_of(const pg::ConnInfo& where) {
    pg::PerformerSession session(where, false);
    auto shown =
        session.show({"lock_timeout", "statement_timeout", "search_path", "session_authorization"});
    return {parse_duration(shown["lock_timeout"]).value_or(Millis{}),
            parse_duration(shown["statement_timeout"]).value_or(Millis{}), shown["search_path"],
            shown["session_authorization"]};
}

// How far the server's clock is ahead of ours. On one machine there is one clock.
Millis server_ahead(const pg::AdminSession& admin, const pg::ConnInfo& where) {
    if (where.host.starts_with('/')) return {};
    const auto asked = WallClock::now();
    const auto server = admin.server_time();
    const auto answered = WallClock::now();
    return std::chrono::duration_cast<Millis>(server - asked - (answered - asked) / 2);
}

process::ProcessSpec process_of(const CommandOptions& options, const CommandPlace& place, int port,
                                Progress& progress) {
    auto reached = address_of(place);
    reached.host = "127.0.0.1";
    reached.port = port;
    process::ProcessSpec spec;
    spec.program = "/bin/sh";
    spec.args = {"-c", options.text};
    spec.env = address_variables(reached);
    spec.env[kMarkVariable] = place.marker;
    for (const auto& name : names_of_addresses(own_environment())) {
        spec.env_removed.push_back(name);
        if (!spec.env.contains(name)) progress.note("the command does not see " + name);
    }
    spec.secrets = {reached.password};
    spec.timeout = options.timeout;
    return spec;
}

// The statements of the command's sessions, put to migrations. Says which databases they ran in.
CommandTranscript transcribe(pg::AdminSession& admin, const std::set<int>& pids,
                             const std::string& database, TranscriptWriter& writer,
                             std::set<std::string>& others) {
    StatementAssembler assembler;
    const auto add = [&](const std::vector<LoggedStatement>& statements) {
        for (const auto& statement : statements) {
            if (statement.database == database) {
                writer.add(statement);
            } else {
                others.insert(statement.database);
            }
        }
    };
    read_log(admin, [&](const LogEntry& entry) {
        if (!pids.contains(entry.process_id)) return;
        // Only ours logs its statements; of another the end of the session is told.
        if (!entry.database_name.empty() && entry.database_name != database)
            others.insert(entry.database_name);
        add(assembler.add(entry));
    });
    add(assembler.rest());
    return writer.take();
}

// "exit code 3", "signal 9"
std::string ending_of(const process::ProcessResult& result) {
    if (result.signal != 0) return "was ended by signal " + std::to_string(result.signal);
    return "ended with exit code " + std::to_string(result.exit_code);
}

void require_sessions(const process::ProcessResult& result, const Relay& relay,
                      const CommandOptions& options, const CommandOutput& output) {
    if (relay.sessions() > 0) return;
    const auto with_output = [&](Error error) {
        throw std::move(error.with_output(output.tail()));
    };
    const std::string hint =
        "Let its configuration take the database from DATABASE_URL or from PGHOST, PGPORT, PGUSER, "
        "PGPASSWORD and PGDATABASE.";
    if (relay.connections() > 0) {
        with_output(Error(ErrorKind::migrations,
                          "the command found the scratch, but was not let in", {hint}));
    }
    if (result.timed_out) {
        with_output(Error(ErrorKind::migrations,
                          "the command did not come to the scratch within " +
                              format_limit(options.timeout) + " and was ended",
                          {"Give it more time with --command-timeout.", hint}));
    }
    if (!result.ok()) {
        with_output(Error(ErrorKind::migrations,
                          "the command " + ending_of(result) + " before it came to the scratch",
                          {"Run it by hand in this folder: " + options.text}));
    }
    with_output(Error(
        ErrorKind::migrations,
        "the command ended well, but never came to the scratch: what it did, it did elsewhere",
        {"Find out at once which database it went to.", hint}));
}

void require_our_database(const CommandTranscript& transcript, std::size_t statements,
                          const std::set<std::string>& others, const std::string& database,
                          const process::ProcessResult& result) {
    if (statements > 0 || !transcript.migrations.empty() || others.empty() || !result.ok()) return;
    throw Error(
        ErrorKind::migrations,
        "the command ran its statements in the scratch's database " +
            join({others.begin(), others.end()}, ", ") + ", and none in " + database,
        {"Let its configuration take the database's name from DATABASE_URL or PGDATABASE."});
}

}  // namespace

scratch::Settings command_settings() {
    return {
        {"logging_collector", "on"}, {"log_destination", "csvlog"}, {"log_directory", kLogFolder},
        {"log_filename", kLogName},  {"log_file_mode", "0600"},     {"log_rotation_age", "0"},
        {"log_rotation_size", "0"},  {"log_timezone", "GMT"},       {"log_disconnections", "on"}};
}

CommandOutcome run_command(const CommandOptions& options, const CommandPlace& place,
                           const replay::ReplayOptions& how, process::ProcessRunner& runner,
                           Progress& progress, replay::ReplayListener& listener) {
    place.server.require_password();
    const auto where = address_of(place);
    pg::AdminSession admin(where);
    check_marker(admin, place);
    const HistoryTables tables(options.history_table);
    const auto settings = settings_of(where);
    pg::WatchSession catalog(where, "rehearse catalog", pg::WatchSession::WhenLost::asks_again);
    RelationsAround relations{catalog.read_all_relations(), {}, catalog.read_inheritance()};
    const auto sizes = catalog.read_table_sizes();
    const Millis ahead = server_ahead(admin, where);

    std::optional<LockWatch> locks;
    if (how.observe) locks.emplace(where, how.interval);
    Sessions sessions(locks ? &*locks : nullptr);
    admin.log_every_statement(place.database, how.enforce_timeouts);
    CommandOutput output(place.output_file, where.password);
    process::ProcessResult result;
    {
        Relay relay(where, sessions);
        Processes processes(place.marker);
        auto spec = process_of(options, place, relay.port(), progress);
        spec.on_stdout_line =
            spec.on_stderr_line = [&](const std::string& line) { output.add(line); };
        progress.begin("running " + one_line(options.text, 200));
        result = runner.run(spec);
        processes.end();
        relay.stop();
        progress.end(format_duration(result.elapsed));
        require_sessions(result, relay, options, output);
    }
    const auto pids = sessions.pids();
    if (!admin.end_sessions({pids.begin(), pids.end()}))
        throw Error(ErrorKind::scratch, "a session of the command does not end");

    std::ofstream statements(place.statements_file, std::ios::binary);
    TranscriptWriter writer(tables, settings, [&](const std::string& text) { statements << text; });
    std::set<std::string> others;
    auto transcript = transcribe(admin, pids, place.database, writer, others);
    admin.stop_logging_statements(place.database);
    require_our_database(transcript, writer.statements(), others, place.database, result);

    relations.after = catalog.read_all_relations();
    const auto seen = locks ? locks->take() : LocksSeen{};
    Ending ending;
    ending.result = result;
    ending.limit = options.timeout;
    ending.command = options.text;
    ending.last_lines = output.tail();
    ending.statements_file = place.statements_file.filename();
    auto outcome = answer_of(std::move(transcript), seen, relations, sizes, tables, ahead, ending);
    for (std::size_t i = 0; i < outcome.plan.migrations.size(); ++i) {
        const auto& migration = outcome.plan.migrations[i].migration;
        listener.migration_begins(i, outcome.plan.migrations.size(), migration);
        listener.migration_ended(i, migration, outcome.observations.migrations[i]);
    }
    return outcome;
}

}  // namespace rehearse::command
