#include "support/local_postgres.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/pg/admin_session.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace rehearse::test {

namespace {

using namespace std::chrono_literals;

std::optional<fs::path> find_bin() {
    if (const char* chosen = std::getenv("REHEARSE_TEST_PG_BIN")) return chosen;
    std::vector<std::pair<int, fs::path>> found;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
        const fs::path bin = entry.path() / "bin";
        if (fs::exists(bin / "initdb"))
            found.emplace_back(std::atoi(entry.path().filename().c_str()), bin);
    }
    if (!found.empty()) return std::max_element(found.begin(), found.end())->second;
    if (const auto initdb = process::find_program("initdb")) return initdb->parent_path();
    return std::nullopt;
}

std::optional<process::RunAs> unprivileged_user() {
    if (geteuid() != 0) return std::nullopt;
    const passwd* user = getpwnam("postgres");
    if (user == nullptr) throw std::runtime_error{"running as root, and there is no user postgres"};
    return process::RunAs{user->pw_uid, user->pw_gid};
}

std::string& reason() {
    static std::string text;
    return text;
}

}  // namespace

LocalPostgres* LocalPostgres::instance() {
    static const std::unique_ptr<LocalPostgres> server = []() -> std::unique_ptr<LocalPostgres> {
        const std::optional<fs::path> bin = find_bin();
        if (!bin) {
            reason() =
                "no PostgreSQL server found; install one (apt install postgresql) or set "
                "REHEARSE_TEST_PG_BIN";
            return nullptr;
        }
        std::unique_ptr<LocalPostgres> server_itself{new LocalPostgres{*bin, ""}};
        server_itself->make_data("initdb",
                                 {"--username", "postgres", "--auth", "trust", "--encoding", "UTF8",
                                  "--locale", "C.UTF-8", "--no-sync"});
        server_itself->start();
        return server_itself;
    }();
    return server.get();
}

const std::string& LocalPostgres::why_not() {
    return reason();
}

std::unique_ptr<LocalPostgres> LocalPostgres::replica_of(const LocalPostgres& primary) {
    std::unique_ptr<LocalPostgres> replica{new LocalPostgres{primary.bin_, "-replica"}};
    replica->make_data("pg_basebackup",
                       {"--host", primary.folder_.path(), "--username", "postgres",
                        "--write-recovery-conf", "--checkpoint=fast", "--no-sync"});
    replica->start();
    return replica;
}

LocalPostgres::LocalPostgres(const fs::path& bin, const std::string& name)
    : bin_{bin},
      folder_{default_temp_folder(), "rehearse-test-pg-" + std::to_string(getpid()) + name},
      run_as_{unprivileged_user()},
      runner_{process::make_process_runner()} {
    if (run_as_ && chown(folder_.path().c_str(), run_as_->uid, run_as_->gid) != 0)
        throw std::runtime_error{"cannot hand " + folder_.path().string() +
                                 " to the user postgres"};
}

void LocalPostgres::make_data(const std::string& program, const std::vector<std::string>& args) {
    process::ProcessSpec spec;
    spec.program = bin_ / program;
    spec.args = args;
    spec.args.insert(spec.args.end(), {"--pgdata", folder_.path() / "data"});
    spec.run_as = run_as_;
    const process::ProcessResult made = runner_->run(spec);
    if (!made.ok()) throw std::runtime_error{program + " failed: " + made.err};
}

void LocalPostgres::start() {
    process::ProcessSpec postgres;
    postgres.program = bin_ / "postgres";
    postgres.args = {"-D", folder_.path() / "data",
                     "-k", folder_.path(),
                     "-c", "listen_addresses=",
                     "-c", "fsync=off",
                     "-c", "shared_preload_libraries=pg_stat_statements",
                     "-c", std::string{"rehearse.run="} + kMarker};
    postgres.run_as = run_as_;
    server_ = runner_->start(postgres, folder_.path() / "log", SIGQUIT);
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    std::string why;
    while (!pg::answers_with_marker(address(), kMarker, why)) {
        // Asked again every 20 ms, and not at all once the server has ended.
        if (server_->wait(20ms) || std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error{"the test server does not answer: " + why + "\n" + log_tail()};
    }
}

LocalPostgres::~LocalPostgres() {
    if (!server_) return;
    server_->send_signal(SIGINT);  // fast shutdown
    server_->wait(20s);
}

pg::ConnInfo LocalPostgres::address(const std::string& dbname) const {
    pg::ConnInfo where;
    where.host = folder_.path();
    where.dbname = dbname;
    where.application_name = "rehearse test";
    return where;
}

std::string LocalPostgres::create_database() {
    const std::string name = "test_" + std::to_string(++databases_);
    pg::AdminSession admin{address()};
    if (const auto why = admin.try_statement("CREATE DATABASE " + name))
        throw std::runtime_error{*why};
    return name;
}

void LocalPostgres::drop_database(const std::string& name) {
    pg::AdminSession admin{address()};
    if (const auto why = admin.try_statement("DROP DATABASE " + name + " WITH (FORCE)"))
        throw std::runtime_error{*why};
}

process::ProcessResult LocalPostgres::run_client(const std::string& program,
                                                 const std::vector<std::string>& args,
                                                 const std::string& dbname,
                                                 const std::string& input) {
    process::ProcessSpec spec;
    spec.program = bin_ / program;
    spec.args = args;
    spec.env = {{"PGHOST", folder_.path()},
                {"PGPORT", "5432"},
                {"PGUSER", "postgres"},
                {"PGDATABASE", dbname}};
    spec.stdin_text = input;
    return runner_->run(spec);
}

std::string LocalPostgres::log_tail() const {
    const std::vector<std::string> lines = split_lines(read_file(folder_.path() / "log"));
    const std::size_t first = lines.size() > 20 ? lines.size() - 20 : 0;
    return join({lines.begin() + static_cast<std::ptrdiff_t>(first), lines.end()}, "\n");
}

void PostgresTest::SetUp() {
    LocalPostgres* server = LocalPostgres::instance();
    if (server == nullptr) REHEARSE_SKIP_OR_FAIL(LocalPostgres::why_not());
    database_ = server->create_database();
}

void PostgresTest::TearDown() {
    if (!database_.empty()) server().drop_database(database_);
}

void PostgresTest::run_sql(const std::string& sql) const {
    const auto result = server().run_client(
        "psql", {"-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"}, database_, sql);
    EXPECT_TRUE(result.ok()) << result.err << "\nin: " << sql;
}

std::string PostgresTest::value_of(const std::string& query) const {
    const auto result =
        server().run_client("psql", {"-X", "-q", "-A", "-t", "-c", query}, database_);
    EXPECT_TRUE(result.ok()) << result.err << "\nin: " << query;
    return std::string{trimmed(result.out)};
}

}  // namespace rehearse::test
