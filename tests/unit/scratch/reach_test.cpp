#include "scratch/reach.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "fake_engine.hpp"

#include <gmock/gmock.h>

namespace rehearse::scratch {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Reaching : public FakeMachine {
  protected:
    void engine_at(const std::string& url) {
        install("docker");
        processes_.when("docker", {"info"}).prints("28.2.2\n");
        processes_.when("docker", {"context", "inspect"}).prints(url + "\n");
        add_image("docker", "postgres:15", "15.18");
    }
    EngineSite site() { return site_of(ContainerClient("docker", processes_)); }
    Error error_of(const std::function<void()>& action) {
        try {
            action();
        } catch (const Error& error) {
            return error;
        }
        return Error(ErrorKind::internal, "no error");
    }
    // The command line that makes the server's container.
    std::string server_container(Engine& engine) {
        processes_.when("docker", {"create"}).exits(1);
        processes_.when("docker", {"rm"});
        EXPECT_THROW(engine.start({"rehearse-7f3a-data", {}}, {}), Error);
        for (const std::string& line : processes_.command_lines()) {
            if (line.find("docker create ") != std::string::npos) return line;
        }
        return {};
    }
};

TEST_F(Reaching, TheHostIsReadFromTheAddress) {
    struct Row {
        const char* url;
        const char* host;
    };
    for (const auto& [url, host] : {Row{"tcp://docker:2375", "docker"},
                                    {"tcp://127.0.0.1:2376", "127.0.0.1"},
                                    {"https://build.example:2376/base", "build.example"},
                                    {"tcp://build.example", "build.example"},
                                    {"tcp://[fd00::1]:2375", "fd00::1"},
                                    {"tcp://:2375", "localhost"},
                                    {"10.0.0.7:2375", "10.0.0.7"}}) {
        setenv("DOCKER_HOST", url, 1);
        EXPECT_EQ(site().host, host) << url;
        EXPECT_FALSE(site().is_here());
    }
    setenv("DOCKER_HOST", "unix:///run/docker.sock", 1);
    EXPECT_TRUE(site().is_here());
    setenv("DOCKER_HOST", "tcp://docker:2375", 1);
    EXPECT_TRUE(site_of(ContainerClient("podman", processes_)).is_here());
}

// It is not even asked: the fake was not told of `docker info`.
TEST_F(Reaching, OverSshNoPortIsReached) {
    install("docker");
    processes_.when("docker", {"context", "inspect"}).prints("ssh://build.example\n");
    const Error error = error_of([&] { make(EngineKind::docker, 150003); });
    EXPECT_EQ(error.kind(), ErrorKind::scratch);
    EXPECT_THAT(error.message(), AllOf(HasSubstr("on another host (ssh://build.example)"),
                                       HasSubstr("cannot be reached over ssh")));
    EXPECT_THAT(error.hints(), ElementsAre(HasSubstr("Run rehearse on that host"),
                                           HasSubstr("tcp://"), HasSubstr("--engine local")));
    EXPECT_THAT(look_for_engines(processes_).front().missing, HasSubstr("ssh://build.example"));
}

TEST_F(Reaching, AnEngineElsewhereThatDoesNotAnswerIsNamed) {
    install("docker");
    processes_.when("docker", {"info"}).complains("Cannot connect\n").exits(1);
    setenv("DOCKER_HOST", "tcp://docker:2375", 1);
    EXPECT_THAT(error_of([&] { make(EngineKind::docker, 150003); }).hints().front(),
                AllOf(HasSubstr("tcp://docker:2375"), HasSubstr("DOCKER_HOST")));
}

TEST_F(Reaching, DoctorSaysWhereTheEngineIs) {
    engine_at("tcp://docker:2375");
    processes_.when("docker", {"image", "ls"}).prints("postgres:15\n");
    const EngineStatus status = look_for_engines(processes_).front();
    EXPECT_TRUE(status.usable);
    EXPECT_EQ(status.found,
              "docker 28.2.2 on another host (tcp://docker:2375), images: postgres:15");
}

TEST_F(Reaching, AServerOnThisHostHasASocketAndNoNetwork) {
    engine_at("unix:///var/run/docker.sock");
    const auto engine = make(EngineKind::docker, 150003);
    EXPECT_TRUE(engine->is_cut_off());
    EXPECT_THAT(notes_.all, Each(Not(HasSubstr("another host"))));
    const std::string line = server_container(*engine);
    EXPECT_THAT(line, AllOf(HasSubstr("--network none"), HasSubstr("listen_addresses= "),
                            HasSubstr("target=/rehearse/socket"), Not(HasSubstr("--publish"))));
}

TEST_F(Reaching, AServerElsewhereHasAPortAndNoneToCallFrom) {
    engine_at("tcp://docker:2375");
    const auto engine = make(EngineKind::docker, 150003);
    EXPECT_FALSE(engine->is_cut_off());
    EXPECT_EQ(engine->free_bytes(), 0U);
    EXPECT_THAT(notes_.all, ElementsAre(HasSubstr("on another host (tcp://docker:2375)")));
    const std::string line = server_container(*engine);
    EXPECT_THAT(line, AllOf(HasSubstr("--publish 0.0.0.0::5432"),
                            HasSubstr("--sysctl 'net.ipv4.ip_local_port_range=5432 5432'"),
                            HasSubstr("type=tmpfs,target=/rehearse/socket"),
                            Not(HasSubstr("type=bind")), Not(HasSubstr("--network"))));
    EXPECT_THAT(line, testing::EndsWith("-c 'listen_addresses=*'"));
}

// Others on that host or in its network need not even see a port that is there for us alone.
TEST_F(Reaching, AnEngineAtLoopbackPublishesThere) {
    struct Row {
        const char* url;
        const char* published;
    };
    for (const auto& [url, published] : {Row{"tcp://localhost:2375", "127.0.0.1::5432"},
                                         {"tcp://127.0.0.1:2375", "127.0.0.1::5432"},
                                         {"tcp://[::1]:2375", "'[::1]::5432'"},
                                         {"tcp://[fd00::1]:2375", "'[::]::5432'"}}) {
        setenv("DOCKER_HOST", url, 1);
        const ContainerClient client("docker", processes_);
        const auto reach = make_reach(site(), client, options_, notes_);
        process::ProcessSpec shown;
        shown.program = "docker";
        shown.args = reach->prepare_server(1);
        EXPECT_THAT(process::command_line_of(shown),
                    HasSubstr(std::string("--publish ") + published));
    }
}

TEST_F(Reaching, ThePasswordComesOverStdinAndIsOfThisRun) {
    engine_at("tcp://docker:2375");
    processes_.when("docker", {"volume", "create"});
    processes_.when("docker", {"run", "install"});
    processes_.when("docker", {"run", "--interactive", "--pwfile=/dev/stdin"});
    make(EngineKind::docker, 150003)->create_volume();
    make(EngineKind::docker, 150003)->create_volume();
    std::vector<std::string> passwords;
    for (const auto& call : processes_.calls()) {
        if (!call.input.empty()) passwords.emplace_back(trimmed(call.input));
    }
    ASSERT_EQ(passwords.size(), 2U);
    EXPECT_NE(passwords[0], passwords[1]);
    EXPECT_THAT(passwords[0], testing::MatchesRegex("[0-9a-f]{48}"));
    EXPECT_THAT(processes_.command_lines(), Each(Not(HasSubstr(passwords[0]))));
}

TEST_F(Reaching, AnEngineWithoutABridgeIsSaid) {
    engine_at("tcp://docker:2375");
    const auto engine = make(EngineKind::docker, 150003);
    processes_.when("docker", {"create"});
    processes_.when("docker", {"start", "--attach"});
    processes_.when("docker", {"container", "inspect"}).prints("true \n");
    processes_.when("docker", {"rm", "--force", "rehearse-7f3a"});
    const Error error = error_of([&] { engine->start({"rehearse-7f3a-data", {}}, {}); });
    EXPECT_EQ(error.message(), "the engine at tcp://docker:2375 publishes no port");
    EXPECT_THAT(error.hints(), Contains(HasSubstr("bridge")));
    EXPECT_THAT(processes_.command_lines().back(), HasSubstr("rm --force"));
}

TEST_F(Reaching, TheSnapshotIsCopied) {
    setenv("DOCKER_HOST", "tcp://docker:2375", 1);
    options_.readable_input = folder_.path() / "shop.dump";
    write_file_atomically(options_.readable_input, "PGDMP");
    const ContainerClient client("docker", processes_);
    const auto reach = make_reach(site(), client, options_, notes_);
    processes_.when("docker",
                    {"cp", options_.readable_input.string(), "rehearse-7f3a:/rehearse/input"});
    reach->bring_input("rehearse-7f3a");
    processes_.when("docker", {"cp"}).complains("no space left on device\n").exits(1);
    const Error error = error_of([&] { reach->bring_input("rehearse-7f3a"); });
    EXPECT_THAT(error.message(),
                AllOf(HasSubstr("cannot copy"), HasSubstr("to tcp://docker:2375")));
    EXPECT_THAT(error.output_tail(), Contains("no space left on device"));
}

}  // namespace
}  // namespace rehearse::scratch
