#include "integration/scratch_contract.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/pg/admin_session.hpp"

#include "support/processes.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace rehearse::scratch::test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace {

std::string name_for(const testing::TestInfo& test) {
    std::string name = test.name();
    return lower_cased(name.substr(name.find('/') + 1));
}

// The postmaster of the local engine's volume.
pid_t postmaster_of(const DataVolume& volume) {
    return std::stoi(read_file(volume.folder / "postmaster.pid"));
}

}  // namespace

ScratchContract::ScratchContract()
    // Short, because the socket's path may have 107 bytes.
    : temp_(default_temp_folder(), "rt" + std::to_string(getpid())) {
    // An unprivileged server must be able to enter it.
    fs::permissions(temp_.path(),
                    fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
}

void ScratchContract::SetUp() {
    if (const std::string why = why_not_here(GetParam(), runner()); !why.empty()) {
        REHEARSE_SKIP_OR_FAIL(why);
    }
    if (GetParam().elsewhere) over_tcp_.emplace();
    run_.emplace(temp_.path(), name_for(*testing::UnitTest::GetInstance()->current_test_info()));
    run_id_ = run_->id();
}

void ScratchContract::TearDown() {
    Interrupt::reset();
    run_.reset();
    if (run_id_.empty()) return;
    EXPECT_THAT(left_overs(temp_.path(), GetParam(), run_id_, runner()), IsEmpty());
}

TEST_P(ScratchContract, AVolumeOutlivesItsServers) {
    RunningScratch scratch(make_here(), restore_settings());
    if (GetParam().major != 0) {
        EXPECT_EQ(scratch.engine().server_version().major(), GetParam().major);
    }
    EXPECT_EQ(scratch.engine().free_bytes() == 0, GetParam().elsewhere);
    EXPECT_TRUE(scratch.server().is_running());
    {
        const pg::AdminSession session(scratch.server().address());
        EXPECT_EQ(session.marker(), run().id());
        EXPECT_EQ(session.server_version(), scratch.engine().server_version());
        const auto settings =
            session.settings({"fsync", "wal_level", "autovacuum", "listen_addresses"});
        EXPECT_EQ(settings.at("fsync"), "off");
        EXPECT_EQ(settings.at("wal_level"), "minimal");
        EXPECT_EQ(settings.at("autovacuum"), "off");
        EXPECT_EQ(settings.at("listen_addresses"), GetParam().elsewhere ? "*" : "");
    }
    scratch.value_of("CREATE TABLE kept AS SELECT 42 AS answer");
    scratch.server().stop();
    EXPECT_FALSE(scratch.server().is_running());

    scratch.start_again(replay_settings(std::uint64_t{1} << 30));
    EXPECT_EQ(scratch.value_of("SELECT answer FROM kept"), "42");
    EXPECT_EQ(scratch.value_of("SHOW fsync"), "on");
    EXPECT_EQ(scratch.value_of("SHOW wal_level"), "replica");
    EXPECT_EQ(scratch.value_of("SHOW shared_buffers"), "256MB");
    EXPECT_EQ(scratch.value_of("SHOW max_logical_replication_workers"), "0");
}

TEST_P(ScratchContract, AVolumeIsInitialisedInUtf8) {
    RunningScratch scratch(make_here());
    EXPECT_EQ(scratch.value_of("SHOW server_encoding"), "UTF8");
    EXPECT_EQ(scratch.value_of("SELECT rolname FROM pg_roles WHERE rolsuper AND rolcanlogin"),
              "postgres");
}

TEST_P(ScratchContract, AServerThatGoesWithoutAStopIsGoneAtOnce) {
    RunningScratch scratch(make_here());
    const pg::ConnInfo address = scratch.server().address();
    std::string why;
    EXPECT_TRUE(pg::answers_with_marker(address, run().id(), why)) << why;
    EXPECT_FALSE(pg::answers_with_marker(address, "another-run", why));
    scratch.end_server();
    EXPECT_FALSE(pg::answers_with_marker(address, run().id(), why));
}

TEST_P(ScratchContract, ACloneLivesItsOwnLife) {
    RunningScratch base(make_here());
    base.value_of("CREATE TABLE shared AS SELECT 1 AS n");
    base.server().stop();
    const DataVolume clone = base.engine().clone_volume(base.volume());
    EXPECT_NE(clone.name, base.volume().name);
    base.start_again({});
    {
        const auto of_clone = base.engine().start(clone, {});
        pg::AdminSession session(of_clone->address());
        EXPECT_EQ(session.try_statement("UPDATE shared SET n = 2"), std::nullopt);
        EXPECT_EQ(session.try_statement("DO $$ BEGIN ASSERT (SELECT n FROM shared) = 2; END $$"),
                  std::nullopt);
        EXPECT_EQ(base.value_of("SELECT n FROM shared"), "1");
    }
    base.engine().remove_volume(clone);
}

TEST_P(ScratchContract, ClientToolsReadTheInputAndStreamBothWays) {
    const fs::path sql = temp_.path() / "input, with a comma.sql";
    write_file_atomically(sql, "CREATE TABLE from_file AS SELECT 7 AS n;\n");
    EngineOptions options = run().options(GetParam());
    options.readable_input = sql;
    RunningScratch scratch(make_engine(GetParam().kind, pg::ServerVersion{GetParam().major * 10000},
                                       options, runner(), progress_));
    Engine& engine = scratch.engine();
    ScratchServer& server = scratch.server();

    ClientTool from_file;
    from_file.program = "psql";
    from_file.args = {"-X", "-q", "-v", "ON_ERROR_STOP=1", "--file={input}"};
    from_file.dbname = "postgres";
    from_file.input = sql;
    EXPECT_EQ(engine.run_client_tool(server, from_file).err, "");

    ClientTool from_stream;
    from_stream.program = "psql";
    from_stream.args = {"-X", "-q", "-v", "ON_ERROR_STOP=1"};
    from_stream.dbname = "postgres";
    std::string script = "CREATE TABLE streamed (n int);\nCOPY streamed FROM STDIN;\n";
    for (int i = 0; i < 200'000; ++i) script += std::to_string(i) + "\n";
    script += "\\.\nSELECT no_such_column;\n";
    std::string_view left = script;
    from_stream.stdin_source = [&](std::span<char> buffer) {
        const std::size_t count = left.copy(buffer.data(), buffer.size());
        left.remove_prefix(count);
        return count;
    };
    std::vector<std::string> errors;
    from_stream.on_stderr_line = [&](const std::string& line) { errors.push_back(line); };
    const auto streamed = engine.run_client_tool(server, from_stream);
    EXPECT_EQ(streamed.exit_code, 3);  // psql's own: a script failed under ON_ERROR_STOP
    ASSERT_FALSE(errors.empty());
    EXPECT_THAT(errors.front(), HasSubstr("column \"no_such_column\" does not exist"));
    EXPECT_EQ(scratch.value_of("SELECT count(*) FROM streamed"), "200000");

    ClientTool dump;
    dump.program = "pg_dump";
    dump.args = {"--table=from_file"};
    dump.dbname = "postgres";
    dump.stdout_file = temp_.path() / "dump.sql";
    EXPECT_TRUE(engine.run_client_tool(server, dump).ok());
    EXPECT_THAT(read_file(dump.stdout_file), HasSubstr("COPY public.from_file"));
}

TEST_P(ScratchContract, AClientToolReadsWhatIsInTheInputFolder) {
    const fs::path folder = temp_.path() / "a folder";
    make_private_folder(folder / "in it");
    write_file_atomically(folder / "in it" / "names.sql", "SELECT 'from a folder';\n");
    EngineOptions options = run().options(GetParam());
    options.readable_input = folder;
    RunningScratch scratch(make_engine(GetParam().kind, pg::ServerVersion{GetParam().major * 10000},
                                       options, runner(), progress_));
    ClientTool psql;
    psql.program = "psql";
    psql.args = {"-X", "-A", "-t", "--file={input}"};
    psql.dbname = "postgres";
    psql.input = folder / "in it" / "names.sql";
    EXPECT_EQ(scratch.engine().run_client_tool(scratch.server(), psql).out, "from a folder\n");
    psql.args = {"-X", "-A", "-t", "--file={input}/in it/names.sql"};
    psql.input = folder;
    EXPECT_EQ(scratch.engine().run_client_tool(scratch.server(), psql).out, "from a folder\n");
}

TEST_P(ScratchContract, OurPgVariablesDoNotReachAClientTool) {
    RunningScratch scratch(make_here());
    setenv("PGHOSTADDR", "192.0.2.1", 1);  // would win over -h
    setenv("PGOPTIONS", "-c work_mem=1234kB", 1);
    const auto answer = scratch.run_psql({"SHOW work_mem"});
    unsetenv("PGHOSTADDR");
    unsetenv("PGOPTIONS");
    EXPECT_EQ(answer.out, "4MB\n") << answer.err;
}

TEST_P(ScratchContract, NothingInTheServerReachesANetwork) {
    RunningScratch scratch(make_here());
    scratch.value_of("CREATE TABLE seen (line text)");
    if (GetParam().elsewhere) {
        EXPECT_FALSE(scratch.engine().is_cut_off());
        // We could call in. Nothing can call out, not even to the server's own open port, and no
        // name is asked for.
        const auto attempts = scratch.run_psql(
            {"COPY seen FROM PROGRAM 'bash -c \"echo >/dev/tcp/127.0.0.1/5432\" 2>&1 || true'",
             "COPY seen FROM PROGRAM 'timeout 20 getent hosts example.com; echo getent $?'",
             "TABLE seen"});
        EXPECT_THAT(attempts.out, HasSubstr("Cannot assign requested address")) << attempts.err;
        EXPECT_THAT(attempts.out, HasSubstr("getent 2")) << attempts.err;
        return;
    }
    if (!scratch.engine().is_cut_off()) {
        REHEARSE_SKIP_OR_FAIL("this system refuses network namespaces");
    }
    const auto interfaces = scratch.run_psql(
        {"COPY seen FROM PROGRAM 'tail -n +3 /proc/net/dev | cut -d: -f1'", "TABLE seen"});
    EXPECT_EQ(trimmed(interfaces.out), "lo") << interfaces.err;
    // 192.0.2.1 belongs to nobody (RFC 5737): with a way out this waits, without one it is refused
    // at once.
    const auto attempt =
        scratch.run_psql({"COPY seen FROM PROGRAM 'timeout 20 bash -c \"echo "
                          ">/dev/tcp/192.0.2.1/5432\" 2>&1 || true'",
                          "TABLE seen"});
    EXPECT_THAT(attempt.out, HasSubstr("Network is unreachable")) << attempt.err;
}

TEST_P(ScratchContract, AServerThatDoesNotStartSaysWhy) {
    const auto engine = make_here();
    const DataVolume volume = engine->create_volume();
    try {
        engine->start(volume, {{"shared_buffers", "not a size"}});
        FAIL() << "it started";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::scratch);
        EXPECT_EQ(error.message(), "the scratch server ended while it started");
        EXPECT_THAT(error.context(), testing::Contains(HasSubstr("starting ")));
        EXPECT_THAT(join(error.output_tail(), "\n"), HasSubstr("shared_buffers"));
    }
    engine->remove_volume(volume);
}

TEST_P(ScratchContract, AKilledServerIsSeen) {
    RunningScratch scratch(make_here());
    scratch.value_of("DO $$ BEGIN RAISE WARNING 'last words'; END $$");
    if (GetParam().kind == EngineKind::local) {
        kill(postmaster_of(scratch.volume()), SIGKILL);
    } else {
        process::ProcessSpec spec;
        spec.program = scratch.engine().name();
        spec.args = {"kill", "rehearse-" + run().id()};
        ASSERT_TRUE(runner().run(spec).ok());
    }
    const auto deadline = Clock::now() + std::chrono::seconds(30);
    while (scratch.server().is_running() && Clock::now() < deadline) std::this_thread::yield();
    EXPECT_FALSE(scratch.server().is_running());
    EXPECT_THAT(scratch.server().log_tail(20), HasSubstr("last words"));
    EXPECT_THROW(scratch.server().stop(), Error);
}

TEST_P(ScratchContract, AnInterruptedToolEndsInTheServerToo) {
    Interrupt::install();
    RunningScratch scratch(make_here());
    ClientTool psql;
    psql.program = "psql";
    psql.args = {"-X", "-c", "\\warn begun", "-c", "SELECT pg_sleep(600)"};
    psql.dbname = "postgres";
    psql.on_stderr_line = [](const std::string& line) {
        if (line == "begun") Interrupt::request();
    };
    try {
        scratch.engine().run_client_tool(scratch.server(), psql);
        FAIL() << "not interrupted";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::interrupted);
    }
    Interrupt::reset();
    if (GetParam().kind != EngineKind::local) {
        process::ProcessSpec top;
        top.program = scratch.engine().name();
        top.args = {"top", "rehearse-" + run().id()};
        // The postmaster names its backends "postgres: ..."; the client would be "psql -h ...".
        EXPECT_THAT(runner().run(top).out, Not(HasSubstr("psql -h")));
    }
}

TEST_P(ScratchContract, AnInterruptWhileStartingLeavesNothing) {
    const auto engine = make_here();
    const DataVolume volume = engine->create_volume();
    Interrupt::install();
    Interrupt::request();
    EXPECT_THROW(engine->start(volume, {}), Error);
    EXPECT_THROW(engine->create_volume(), Error);
    engine->remove_volume(volume);
}

TEST_P(ScratchContract, AKeptScratchStaysAndTellsHowToRemoveIt) {
    KeptScratch kept;
    pg::ConnInfo address;
    {
        RunningScratch scratch(make_here());
        address = scratch.server().address();
        kept = scratch.keep();
    }
    run().keep_folder();
    forget_run();
    std::string why;
    EXPECT_TRUE(pg::answers_with_marker(address, run_id_, why)) << why;
    // The run has ended, and still no sweep takes it.
    EXPECT_THAT(sweep(temp_.path(), runner()), Not(testing::Contains(HasSubstr(run_id_))));
    EXPECT_TRUE(pg::answers_with_marker(address, run_id_, why)) << why;

    if (GetParam().elsewhere) {
        const fs::path password_file = temp_.path() / ("rehearse-" + run_id_) / "pgpass";
        EXPECT_EQ(kept.connect, "PGPASSFILE=" + password_file.string() + " psql -h 127.0.0.1 -p " +
                                    std::to_string(address.port) + " -U postgres -d postgres");
        EXPECT_EQ(fs::status(password_file).permissions(), fs::perms(0600));
        EXPECT_EQ(read_file(password_file), "*:*:*:*:" + address.password + "\n");
    } else {
        EXPECT_EQ(kept.connect, "psql -h " + address.host + " -U postgres -d postgres");
    }
    process::ProcessSpec removal;
    removal.program = "sh";
    removal.args = {"-c", kept.remove};
    const auto removed = runner().run(removal);
    EXPECT_TRUE(removed.ok()) << kept.remove << "\n" << removed.err;
    EXPECT_FALSE(pg::answers_with_marker(address, run_id_, why));
}

TEST_P(ScratchContract, ASocketPathThatIsTooLongIsNamed) {
    const fs::path deep = temp_.path() / std::string(90, 'd');
    make_private_folder(deep);
    const ScratchRun too_deep(deep, "deep");
    if (GetParam().elsewhere) {
        EXPECT_NO_THROW(too_deep.make(GetParam(), runner(), progress_));  // no socket is here
        return;
    }
    try {
        too_deep.make(GetParam(), runner(), progress_);
        FAIL() << "it fits";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::scratch);
        EXPECT_THAT(error.message(), HasSubstr((too_deep.folder() / "s1/.s.PGSQL.5432").string()));
        EXPECT_THAT(error.message(), HasSubstr(" bytes, and a socket's path has at most 107"));
        EXPECT_THAT(error.hints(), ElementsAre(HasSubstr("TMPDIR")));
    }
}

TEST_P(ScratchContract, WhatAKilledRunLeftIsSwept) {
    int out[2];
    ASSERT_EQ(pipe(out), 0);
    const pid_t owner = fork();
    if (owner == 0) {
        dup2(out[1], 1);
        const std::string kind = GetParam().kind == EngineKind::local    ? "local"
                                 : GetParam().kind == EngineKind::docker ? "docker"
                                                                         : "podman";
        execl(SCRATCH_OWNER, SCRATCH_OWNER, temp_.path().c_str(), kind.c_str(),
              std::to_string(GetParam().major).c_str(),
              GetParam().image.empty() ? nullptr : GetParam().image.c_str(), nullptr);
        _exit(127);
    }
    close(out[1]);
    std::array<char, 256> text{};
    ASSERT_GT(read(out[0], text.data(), text.size() - 1), 0) << "the owner did not start";
    close(out[0]);
    const auto told = split(trimmed(text.data()), '\t');
    ASSERT_EQ(told.size(), 4U);
    const std::string& id = told[0];
    const fs::path folder = temp_.path() / ("rehearse-" + id);
    pg::ConnInfo address;
    address.host = told[1];
    address.port = std::stoi(told[2]);
    address.password = told[3] == "-" ? "" : told[3];
    std::string why;
    EXPECT_TRUE(pg::answers_with_marker(address, id, why)) << why;

    // It lives: a sweep leaves it alone.
    EXPECT_THAT(sweep(temp_.path(), runner()), Not(testing::Contains(HasSubstr(id))));
    EXPECT_TRUE(pg::answers_with_marker(address, id, why)) << why;

    pid_t postmaster = 0;
    if (GetParam().kind == EngineKind::local) {
        postmaster = postmaster_of({{}, folder / "data"});
    }
    kill(owner, SIGKILL);
    waitpid(owner, nullptr, 0);
    // No server keeps running, sweep or not.
    if (postmaster != 0) {
        EXPECT_TRUE(rehearse::test::ends_soon(postmaster));
    } else {
        process::ProcessSpec end;
        end.program = GetParam().kind == EngineKind::docker ? "docker" : "podman";
        end.args = {"wait", "rehearse-" + id};
        end.timeout = std::chrono::seconds(30);
        EXPECT_TRUE(runner().run(end).ok());
    }
    EXPECT_FALSE(pg::answers_with_marker(address, id, why));

    const auto removed = sweep(temp_.path(), runner());
    EXPECT_THAT(removed, testing::Contains("folder " + folder.string()));
    if (postmaster == 0) {
        EXPECT_THAT(removed, testing::Contains(HasSubstr("container rehearse-" + id)));
        EXPECT_THAT(removed, testing::Contains(HasSubstr("volume rehearse-" + id + "-data")));
    }
    EXPECT_THAT(left_overs(temp_.path(), GetParam(), id, runner()), IsEmpty());
}

}  // namespace rehearse::scratch::test
